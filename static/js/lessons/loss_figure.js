/** How the loss of the three models fell. attributes: by ("step", "tokens"), log ("yes") at first */
import {signal} from "@preact/signals";
import {html} from "htm/preact";
import {LossCurves} from "../views/loss_curves.js";
import {createAnswer, Answered} from "./answer.js";

export function createLossCurves({attributes, t, lesson}) {
  const by = signal(attributes.by ?? "step"), log = signal(attributes.log === "yes"), at = signal(null), answer = createAnswer(lesson);
  const on = {by: (name) => { by.value = name; at.value = null; }, log: (is) => { log.value = is; }, at: (x) => { at.value = x; }};
  answer.ask(() => lesson.json("/api/beside"));
  return () => html`<${Answered} t=${t} answer=${answer} View=${({had}) => html`<${LossCurves} ...${{t, on, models: had.models, held: had.held_out_tokens, by: by.value, log: log.value, at: at.value}} />`} />`;
}
