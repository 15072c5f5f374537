/** X through W_Q, W_K and W_V; the reader edits an entry, and the lesson's numbers follow. */
import {html} from "htm/preact";
import {placeOf} from "../lesson_run.js";
import {Lenses} from "../views/lenses.js";
import {OpenInWorkbench} from "./opening.js";
import {Waits, useRun} from "./run_of_figure.js";
import {useWeights} from "./weights_of_lesson.js";

const NEEDED = ["*.resid_pre", "*.attn.q", "*.attn.k", "*.attn.v", "*.log_denominator"];

/** attributes.edit: which matrices may be edited, "W_q"; attributes.of, query, column: the number that is chosen at first */
export function createLensesFigure({attributes, t, lang, theme, lesson}) {
  return () => {
    const run = useRun(lesson, attributes, NEEDED), own = useWeights({lesson, attributes, lang}), {trace} = run;
    if (!trace || !own.weights) return html`<${Waits} ...${{t, ...run}} problem=${run.problem || own.problem} again=${run.problem ? run.again : own.again} trace=${null} />`;
    const site = trace.site(attributes.site) ?? trace.sites[0], begun = {of: attributes.of ?? "q", row: placeOf(trace.along(site, "query"), attributes.query) ?? 0, column: Number(attributes.column ?? 0)};
    return html`
      <${Waits} ...${{t, ...run}} />
      <${Lenses} ...${{t, trace, site, begun}} ...${own} editable=${(attributes.edit ?? "W_q").split(" ")} />
      <p class="figure-foot"><${OpenInWorkbench} ...${{t, lang, attributes}} theme=${theme.value} edits=${trace.request.edits} shown=${{site: site.name, head: 0, act: "edit"}} /></p>`;
  };
}
