/** What a word far back does. attributes: text; distance at first */
import {signal} from "@preact/signals";
import {html} from "htm/preact";
import {FarWord} from "../views/far_word.js";
import {Answered, createAnswer} from "./answer.js";
import {TextBar} from "./text_bar.js";

export function createFarWord({attributes, t, lesson}) {
  const typed = signal(attributes.text), log = signal(true), answer = createAnswer(lesson);
  const ask = (text, distance) => answer.ask(() => lesson.post("/api/beside/far", {text, distance}));
  let text = typed.peek();
  const on = {log: (is) => { log.value = is; }, distance: (distance) => ask(text, distance)};
  ask(text, Number(attributes.distance ?? 1));
  return () => html`
    <${TextBar} t=${t} typed=${typed} onRead=${() => { text = typed.peek(); ask(text, 1); }} />
    <${Answered} t=${t} answer=${answer} View=${({had}) => html`<${FarWord} ...${{t, on, far: had, log: log.value, stale: answer.waiting.value}} />`} />`;
}
