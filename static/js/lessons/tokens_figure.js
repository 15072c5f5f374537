/** Any text cut by a model's own tokenizer: the inputs of a real run. */
import {html} from "htm/preact";
import {useEffect, useState} from "preact/hooks";
import {TokensCut} from "../views/tokens_cut.js";

const PAUSE = 300; // milliseconds after the last key
const NOTHING_ELSE = ["decoder.embed"]; // a trace names what it sends; its tokens come with anything
const EXAMPLES = ["I love eating fish", "我爱吃鱼", "unbelievable", "Headlight 头灯", "👨‍👩‍👧‍👦"];

export function createTokensFigure({attributes: {model, text: first}, t, lesson}) {
  return () => {
    const [text, type] = useState(first), [cut, show] = useState({tokens: null, text: "", told: ""});
    useEffect(() => {
      let stale = false;
      const due = setTimeout(() => {
        lesson.trace({model, text, names: NOTHING_ELSE})
          .then((trace) => { if (!stale) show({tokens: trace.tokens.target, text, told: ""}); })
          .catch((error) => { if (!stale) show((now) => ({...now, told: lesson.told(error)})); });
      }, cut.tokens ? PAUSE : 0);
      return () => { stale = true; clearTimeout(due); };
    }, [text]);
    return html`<${TokensCut} ...${{t, text, tokens: cut.tokens, told: cut.told}} busy=${cut.text !== text} examples=${EXAMPLES} onText=${type} />`;
  };
}
