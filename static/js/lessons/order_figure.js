/** Words put in another order, with positions and without: four runs at most, the first order beside the present one. */
import {html} from "htm/preact";
import {useState} from "preact/hooks";
import {carried, erased, inOrder, rowsOf, sameWords, textOf, wordsOf} from "../word_order.js";
import {WordOrder} from "../views/word_order.js";
import {OpenInWorkbench} from "./opening.js";
import {Waits} from "./run_of_figure.js";
import {asking, useRuns} from "./several_runs.js";

const EMBED = "decoder.embed", POSITIONS = "decoder.pos_embed", X = "decoder.blocks.0.resid_pre", ADDED = "decoder.blocks.0.attn_out";
const NAMES = [EMBED, POSITIONS, X, ADDED];

export function createOrderFigure({attributes, t, lang, theme, lesson}) {
  const words = wordsOf(attributes.text), features = [t("noun"), t("verb"), t("sin"), t("cos")];
  return () => {
    const [order, arrange] = useState(inOrder(words.length)), [positions, add] = useState(true);
    const first = useRuns(lesson, [asking(lesson, attributes, NAMES)]);
    const without = positions || !first.trace ? [] : erased(POSITIONS, first.trace.tensors[POSITIONS]);
    const moved = {...attributes, text: textOf(order.map((word) => words[word]))};
    const asked = [asking(lesson, attributes, NAMES, without), asking(lesson, moved, NAMES, without)], run = useRuns(lesson, asked);
    const [before, after] = run.traces ?? [], settled = after && {
      order: places(run.asked[1].text, words), positions: after.tensors[POSITIONS].data.some((x) => x !== 0),
      E: rowsOf(after.tensors[EMBED]), P: rowsOf(after.tensors[POSITIONS]), X: rowsOf(after.tensors[X]),
    };
    const results = after && sameWords(settled.order, rowsOf(before.tensors[ADDED]), rowsOf(after.tensors[ADDED]));
    return html`
      <${Waits} ...${{t, ...run}} />
      <${WordOrder} ...${{t, features, order, positions, settled, results, stale: run.waiting}} names=${words} onCarry=${(from, to) => arrange(carried(order, from, to))}
        onPositions=${add} onBack=${() => arrange(inOrder(words.length))} />
      <p class="figure-foot"><${OpenInWorkbench} ...${{t, lang, attributes: moved, edits: without}} theme=${theme.value} shown=${{}} /></p>`;
  };
}

/** Which word stands where in a text that was made of these words; each of them is there once. */
const places = (text, words) => wordsOf(text).map((word) => words.indexOf(word));
