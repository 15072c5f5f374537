/** The same matrices as one head and as several, with heads switched off in real runs. */
import {html} from "htm/preact";
import {useState} from "preact/hooks";
import {silenced} from "../head_sums.js";
import {placeOf} from "../lesson_run.js";
import {WHOLE} from "../portions.js";
import {rowsOf} from "../word_order.js";
import {SplitHeads} from "../views/split_heads.js";
import {OpenInWorkbench} from "./opening.js";
import {Waits} from "./run_of_figure.js";
import {asking, useRuns} from "./several_runs.js";

const SITE = "decoder.blocks.0.attn", ADDED = "decoder.blocks.0.attn_out", NAMES = [...WHOLE, ADDED];
const HEADS = 2;

/** attributes.beside: the model that has the same matrices as one head */
export function createSplitFigure({attributes, t, lang, theme, lesson}) {
  const only = (head) => silenced(SITE, Array.from({length: HEADS}, (_, i) => i === head));
  return () => {
    const [on, light] = useState(Array(HEADS).fill(true)), [query, ask] = useState(null), off = silenced(SITE, on);
    const run = useRuns(lesson, [asking(lesson, attributes, NAMES), asking(lesson, {...attributes, model: attributes.beside ?? "hand-one"}, NAMES),
      asking(lesson, attributes, NAMES, off), ...Array.from({length: HEADS}, (_, head) => asking(lesson, attributes, NAMES, only(head)))]);
    if (!run.traces) return html`<${Waits} ...${{t, ...run}} />`;
    const [two, one, now, ...alone] = run.traces, added = (trace) => rowsOf(trace.tensors[ADDED]);
    const lit = now.request.edits?.length ? on.map((_, head) => !now.request.edits.some((edit) => edit.zero === SITE && edit.head === head)) : on.map(() => true);
    const chosen = query ?? placeOf(two.along(two.site(SITE), "query"), attributes.query) ?? 0;
    return html`
      <${Waits} ...${{t, ...run}} />
      <${SplitHeads} ...${{t, one, two, site: SITE, query: chosen, on: lit, onQuery: ask}} alone=${alone.map(added)} out=${added(now)} whole=${added(one)}
        onHead=${(head) => light(on.map((was, i) => (i === head ? !was : was)))} />
      <p class="figure-foot"><${OpenInWorkbench} ...${{t, lang, attributes}} edits=${off} theme=${theme.value} shown=${{site: SITE, head: 0, query: chosen, view: "values"}} /></p>`;
  };
}
