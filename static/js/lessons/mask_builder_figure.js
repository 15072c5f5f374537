/** A mask built by hand, and the run of the lesson's sentence under it. */
import {html} from "htm/preact";
import {useState} from "preact/hooks";
import {cellsOf, shapeOf} from "../mask_shape.js";
import {visible} from "../masks.js";
import {wordOf} from "../painting.js";
import {WHOLE} from "../portions.js";
import {MaskBuilder} from "../views/mask_builder.js";
import {OpenInWorkbench} from "./opening.js";
import {Waits} from "./run_of_figure.js";
import {asking, useRuns} from "./several_runs.js";

const FIRST = {kind: "bidirectional", count: null};

export function createMaskBuilderFigure({attributes, t, lang, theme, lesson, present}) {
  return () => {
    const [own, paint] = useState(null), [count, measure] = useState(2);
    const begun = useRuns(lesson, [asking(lesson, attributes, WHOLE)]);
    if (!begun.trace) return html`<${Waits} ...${{t, ...begun}} />`;
    return html`<${Built} ...${{attributes, t, lang, lesson, own, paint, count, measure}} theme=${theme.value} present=${present.value} tokens=${begun.trace.along(begun.trace.sites[0], "query")} />`;
  };
}

function Built({attributes, t, lang, theme, present, lesson, tokens, own, paint, count, measure}) {
  const n = tokens.length, painting = own ?? laid(FIRST, n), mask = wordOf({...painting, native: nativeCells(n)});
  const run = useRuns(lesson, [asking(lesson, {...attributes, mask}, WHOLE)]), {trace} = run, shape = shapeOf(painting);
  return html`
    <${Waits} ...${{t, ...run}} />
    <${MaskBuilder} ...${{t, tokens, painting, shape, count, theme}} rows=${trace && rowsOf(trace)} present=${present} onPaint=${paint} onShape=${(one) => paint(laid(one, n))}
      onCount=${(to) => { measure(to); if (["prefix", "window"].includes(shape.kind)) paint(laid({kind: shape.kind, count: to}, n)); }} />
    <p class="figure-foot"><${OpenInWorkbench} ...${{t, lang, theme}} attributes=${{...attributes, mask}} edits=${[]} shown=${{head: 0, view: "weights"}} /></p>`;
}

/** Of the models that a text is painted for here: a mask in the address says what differs from it. */
const nativeCells = (n) => ((sees) => Uint8Array.from({length: n * n}, (_, i) => Number(sees(Math.floor(i / n), i % n))))(visible("causal"));

const laid = (shape, n) => ((seen) => ({rows: n, columns: n, native: seen, seen}))(cellsOf(shape, n));

/** The weights of every query, null where it may not look. */
function rowsOf(trace) {
  const site = trace.sites[0], head = trace.head(site, 0);
  return Array.from({length: head.nQuery}, (_, query) => Array.from(trace.row(site, 0, query), (weight, key) => (head.visible(query, key) ? weight : null)));
}
