"""Sentences to begin with, in both languages, each with a cell that shows something true of the shipped weights.

tests/test_examples.py holds that it is so: in that row the head looks at that key more than at any other.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Example:
    model: str
    lang: str  # of the sentence
    text: str
    site: str
    head: int
    query: int  # positions in the model's input, special tokens included
    key: int
    en: str  # what is to be seen there
    zh: str
    target: str | None = None


EXAMPLES = [
    Example(
        "decoder", "en", "Tom likes music. Mary likes music. Tom likes", "decoder.blocks.1.attn", 2, 6, 3,
        en="the second “likes” looks at “music”, which followed “likes” the last time: an induction head.",
        zh="第二个“likes”看着“music”，上次“likes”后面就是它：这是归纳头。",
    ),
    Example(
        "decoder", "zh", "小红有一只猫，小明有一只狗。小红有一只", "decoder.blocks.1.attn", 0, 10, 5,
        en="the second “一只” looks at “猫”, which followed “一只” the last time: an induction head.",
        zh="第二个“一只”看着“猫”，上次“一只”后面就是它：这是归纳头。",
    ),
    Example(
        "decoder", "en", "The little girl put a big red ball on the table.", "decoder.blocks.3.attn", 3, 8, 5,
        en="“ball” looks at its own “a”, over “big red”, and not at another article.",
        zh="“ball”越过“big red”看着自己的“a”，不看别的冠词。",
    ),
    Example(
        "decoder", "en", "What did you buy for your mother yesterday?", "decoder.blocks.1.attn", 1, 9, 1,
        en="“?” looks at “What”, eight tokens before, as every word of this question does.",
        zh="“?”看着八个词元之前的“What”，这个问句里每个词都这样看。",
    ),
    Example(
        "decoder", "zh", "你昨天为什么没有来上课？", "decoder.blocks.2.attn", 1, 7, 3,
        en="before the question mark is written, “课” looks at “为什么”, which asks for one.",
        zh="写问号之前，“课”看着“为什么”：有它才要问号。",
    ),
    Example(
        "encoder", "en", "Tom lost his key because he was in a hurry.", "encoder.blocks.3.attn", 3, 6, 1,
        en="“he” looks back at “Tom”, five tokens before: whom it means.",
        zh="“he”往回看五个词元，看着“Tom”：说的就是他。",
    ),
    Example(
        "encoder", "en", "Why didn't you come to school?", "encoder.blocks.0.attn", 4, 8, 1,
        en="“?” looks at “Why”, at the other end of the sentence: that makes it a question.",
        zh="“?”看着句子另一头的“Why”：有它才是问句。",
    ),
    Example(
        "encoder", "zh", "我昨天在学校门口看见了你的妹妹。", "encoder.blocks.2.attn", 4, 6, 3,
        en="“口” looks at “在”, which opened the place that it ends: at the school gate.",
        zh="“口”看着“在”：这个地点由“在”开头，到“口”为止。",
    ),
    Example(
        "encoder", "zh", "她说她很累。", "encoder.blocks.3.attn", 3, 5, 3,
        en="“累” looks over “很” at “她”: who is tired.",
        zh="“累”越过“很”看着“她”：累的是她。",
    ),
    Example(
        "encoder-decoder", "en", "I saw your sister at school yesterday.", "decoder.blocks.2.cross_attn", 2, 1, 6,
        en="before “昨天” is written, “我” looks at “yesterday”, at the other end of the sentence.",
        zh="写“昨天”之前，“我”看着句子另一头的“yesterday”。",
    ),
    Example(
        "encoder-decoder", "zh", "我昨天在公园看见了你的妹妹。", "decoder.blocks.2.cross_attn", 2, 7, 1,
        en="before “yesterday” is written, “park” looks at “昨天”, at the other end of the sentence.",
        zh="写“yesterday”之前，“park”看着句子另一头的“昨天”。",
    ),
    Example(
        "encoder-decoder", "zh", "他每天早上去公园跑步。", "decoder.blocks.2.cross_attn", 2, 5, 1,
        en="before “every” is written, “park” looks back at “每天”: the order is crossed.",
        zh="写“every”之前，“park”回头看着“每天”：次序交叉了。",
    ),
    Example(
        "hand", "en", "I love eating fish", "decoder.blocks.0.attn", 0, 2, 0,
        en="“eating” looks at “I”, the only noun before it: in this head verbs look for nouns.",
        zh="“eating”看着“I”，它前面只有这一个名词：在这个头里，动词找名词。",
    ),
    Example(
        "hand", "zh", "我爱吃鱼", "decoder.blocks.0.attn", 0, 2, 0,
        en="“吃” looks at “我”, the only noun before it: in this head verbs look for nouns.",
        zh="“吃”看着“我”，它前面只有这一个名词：在这个头里，动词找名词。",
    ),
    Example(
        "hand-one", "en", "I love eating fish", "decoder.blocks.0.attn", 0, 3, 2,
        en="“fish” looks at “eating”, the token before: a noun asks for nothing but its place.",
        zh="“fish”看着前一个词元“eating”：名词什么都不找，只看位置。",
    ),
    Example(
        "hand-one", "zh", "我爱吃鱼", "decoder.blocks.0.attn", 0, 3, 2,
        en="“鱼” looks at “吃”, the token before: a noun asks for nothing but its place.",
        zh="“鱼”看着前一个词元“吃”：名词什么都不找，只看位置。",
    ),
]  # fmt: skip
