/** One more word, under two masks: which of the rows before it move. */
import {signal} from "@preact/signals";
import {html} from "htm/preact";
import {rowsApart} from "../rereading.js";
import {NewWord} from "../views/new_word.js";
import {OpenInWorkbench} from "./opening.js";
import {Waits} from "./run_of_figure.js";

const MASKS = ["causal", "bidirectional"], LISTED = 6; // words that can come

/** @param {any} given attributes: model, text, of: the name of the rows; word: which one comes first, its id */
export function createNewWord({attributes: {model, text, of, word: first}, t, lang, theme, lesson}) {
  const state = signal({words: [], word: null, panes: null, busy: true, problem: ""});
  const set = (changes) => { state.value = {...state.peek(), ...changes}; };

  async function come(word) {
    set({busy: true, problem: "", word});
    try {
      const panes = await Promise.all(MASKS.map(async (mask) => {
        const [before, after] = await Promise.all([[], [word]].map((written) => lesson.trace({model, text, written, mask, names: [of]})));
        const apart = rowsApart(before.tensors[of], after.tensors[of]);
        return {mask, tokens: after.tokens.target, before: rows(before.tensors[of]), after: rows(after.tensors[of]), apart};
      }));
      if (state.peek().word === word) set({panes, busy: false});
    } catch (error) {
      if (state.peek().word === word) set({busy: false, problem: lesson.told(error)});
    }
  }

  async function begin() {
    set({problem: ""});
    try {
      for await (const {top} of lesson.stream("/api/generate", {model, text, temperature: 0, max_new_tokens: 1, listed: LISTED})) {
        set({words: top.map(({id, text: word}) => ({id, text: word})).sort((a, b) => a.id - b.id)}); // as the text's language spells them
      }
    } catch (error) {
      set({busy: false, problem: lesson.told(error)});
      return;
    }
    await come(Number(first));
  }

  begin();
  return () => {
    const {panes, problem, ...rest} = state.value;
    if (!panes) return html`<${Waits} t=${t} trace=${null} problem=${problem} again=${begin} />`;
    return html`<${NewWord} ...${{t, panes, problem, ...rest}} name=${of} on=${{word: come}} />
      <p class="figure-foot"><${OpenInWorkbench} ...${{t, lang, attributes: {model, text, mask: "bidirectional"}}} theme=${theme.value} shown=${{written: String(rest.word)}} /></p>`;
  };
}

const rows = ({shape: [count, width], data}) => Array.from({length: count}, (_, i) => data.subarray(i * width, (i + 1) * width));
