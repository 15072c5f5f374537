/** A story, a question, and what is written between them: what the model says then, and how many blocks stand behind it. */
import {signal} from "@preact/signals";
import {html} from "htm/preact";
import {Thinking} from "../views/thinking.js";
import {OpenInWorkbench} from "./opening.js";
import {Waits} from "./run_of_figure.js";

const LISTED = 4;

/** @param {any} given attributes: model; people and places: of a story, two each, the first person in the first place */
export function createThinking({attributes: {model, people, places}, t, lang, theme, lesson}) {
  const names = people.split(","), stand = places.split(",");
  const state = signal({asked: names[0], step: "none", written: [], top: [], tokens: 0, blocks: 0, busy: true, problem: ""});
  const set = (changes) => { state.value = {...state.peek(), ...changes}; };

  /** The parts of what the model reads; `own`: the step between story and question. */
  function prompt({asked, step}) {
    const at = names.indexOf(asked), place = step === "right" ? stand[at] : stand[1 - at];
    return [{words: names.map((name, i) => `${name} went to the ${stand[i]}.`).join(" ")},
      ...(step === "none" ? [] : [{words: `${asked} is in the ${place}.`, own: true}]), {words: `Where is ${asked}? ${asked} is in the`}];
  }

  const textOf = (chosen) => prompt(chosen).map(({words}) => words).join(" ");

  /** What comes next, with these changes. */
  async function ask(changes) {
    set({written: [], ...changes, busy: true, problem: ""});
    const mine = state.peek().written, ids = mine.map(({id}) => id), text = textOf(state.peek());
    const late = () => state.peek().written !== mine;
    try {
      const [trace, {top}] = await Promise.all([lesson.trace({model, text, written: ids, names: ["logits"]}), first({model, text, written: ids})]);
      if (!late()) set({top, tokens: trace.tokens.target.length - ids.length, blocks: trace.model.config.n_layers, busy: false});
    } catch (error) {
      if (!late()) set({busy: false, problem: lesson.told(error)});
    }
  }

  async function first(asked) {
    for await (const line of lesson.stream("/api/generate", {...asked, temperature: 0, max_new_tokens: 1, listed: LISTED})) return line;
    return {top: []}; // no room is left
  }

  const on = {
    asked: (asked) => ask({asked}), step: (step) => ask({step}), back: () => ask({written: state.peek().written.slice(0, -1)}),
    write: ({id, text}) => ask({written: [...state.peek().written, {id, text}]}),
  };
  ask({});
  return () => {
    const {blocks, problem, ...rest} = state.value;
    if (!blocks) return html`<${Waits} t=${t} trace=${null} problem=${problem} again=${() => ask({})} />`;
    return html`<${Thinking} ...${{t, blocks, problem, on, ...rest}} people=${names} prompt=${prompt(rest)} due=${stand[names.indexOf(rest.asked)]} />
      <p class="figure-foot"><${OpenInWorkbench} ...${{t, lang, attributes: {model, text: textOf(rest)}}} theme=${theme.value} shown=${{act: "write", temperature: "0", written: rest.written.map(({id}) => id).join(".")}} /></p>`;
  };
}
