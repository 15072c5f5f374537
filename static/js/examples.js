/** Sentences to begin with, in both languages, for each kind of model. */
export const EXAMPLES = {
  encoder: [
    {lang: "en", text: "The little dog ran after the ball because it was hungry."},
    {lang: "zh", text: "我昨天在学校门口看见了你的妹妹。"},
    {lang: "en", text: "She did not want to go to school because she was ill."},
    {lang: "zh", text: "他喜欢吃鱼，也喜欢喝茶。"},
  ],
  decoder: [
    {lang: "en", text: "Tom likes music. Mary likes music. Tom likes"},
    {lang: "zh", text: "我爱吃鱼，你爱吃什么"},
    {lang: "en", text: "Once upon a time there was a little girl who lived in a"},
    {lang: "zh", text: "今天天气很好，我们去公园"},
  ],
  "encoder-decoder": [
    {lang: "en", text: "I want to drink a cup of tea."},
    {lang: "zh", text: "我昨天看见了你的妹妹。"},
    {lang: "en", text: "She can speak English and Chinese."},
    {lang: "zh", text: "他每天早上去公园跑步。"},
  ],
};
