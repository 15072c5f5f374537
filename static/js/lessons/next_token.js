/** The next-token loop of a lesson: read, ask the last row, write one token, read again. */
import {signal} from "@preact/signals";
import {html} from "htm/preact";
import {lastRow} from "../temperature.js";
import {NextToken, SHOWN} from "../views/next_token.js";
import {from} from "../writing.js";
import {OpenInWorkbench} from "./opening.js";
import {Waits} from "./run_of_figure.js";

/** @param {any} given attributes: model, text, row (the name of what stands before the logits) */
export function createNextToken({attributes, t, lang, theme, lesson}) {
  const {model, text, row} = attributes;
  const state = signal({trace: null, texts: new Map(), busy: true, problem: "", temperature: 1});
  const set = (changes) => { state.value = {...state.peek(), ...changes}; };
  let rolled = 0; // how often: each time with other dice

  /** Read the text and these tokens after it. */
  async function read(written) {
    set({busy: true, problem: ""});
    try {
      const names = ["logits", ...(row ? [row] : [])], trace = await lesson.trace({model, text, written, names});
      set({trace, texts: new Map([...state.peek().texts, ...await likeliest(trace)]), busy: false});
    } catch (error) {
      set({busy: false, problem: lesson.told(error)});
    }
  }

  /** The words that are likeliest next, as the text's language spells them. -> [id, text] */
  async function likeliest(trace) {
    const asked = {...from(trace), temperature: 0, max_new_tokens: 1, listed: SHOWN};
    for await (const {top} of lesson.stream("/api/generate", asked)) return top.map(({id, text}) => [id, text]);
    return []; // no room is left
  }

  const written = () => state.peek().trace.request.written;

  async function draw() {
    const {trace, temperature} = state.peek();
    set({busy: true, problem: ""});
    try {
      for await (const {id} of lesson.stream("/api/generate", {...from(trace), temperature, seed: rolled++, max_new_tokens: 1})) await read([...written(), id]);
    } catch (error) {
      set({busy: false, problem: lesson.told(error)});
    }
  }

  const on = {
    temperature: (temperature) => set({temperature}), pick: (id) => read([...written(), id]), back: () => read(written().slice(0, -1)), draw,
  };
  read([]);
  return () => {
    const {trace, texts, ...rest} = state.value;
    if (!trace) return html`<${Waits} t=${t} trace=${null} problem=${rest.problem} again=${() => read([])} />`;
    const tokens = trace.tokens.target;
    return html`<${NextToken} ...${{t, tokens, texts, on, ...rest}} given=${tokens.length - trace.request.written.length} logits=${lastRow(trace.tensors.logits)}
      row=${row ? lastRow(trace.tensors[row]) : null} full=${tokens.length >= trace.model.config.n_ctx} />
      <p class="figure-foot"><${OpenInWorkbench} ...${{t, lang, attributes: {model, text}}} theme=${theme.value} shown=${{act: "write", written: trace.request.written.join("."), temperature: String(rest.temperature), top_p: "1"}} /></p>`;
  };
}
