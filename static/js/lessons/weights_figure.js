/** The matrices of the lesson's model, to be edited: every number of the lesson that hangs on them follows. */
import {html} from "htm/preact";
import {WeightsEditor} from "../views/weights_editor.js";
import {OpenInWorkbench} from "./opening.js";
import {Waits, useRun} from "./run_of_figure.js";
import {useWeights} from "./weights_of_lesson.js";

/** attributes.matrices: which, "W_q W_k"; left out, those of attention */
export function createWeightsFigure({attributes, t, lang, theme, lesson}) {
  const wanted = (attributes.matrices ?? "W_q W_k W_v W_o").split(" ");
  return () => {
    const run = useRun(lesson, attributes, ["*.attn.q", "*.log_denominator"]), own = useWeights({lesson, attributes, lang}), {trace} = run;
    if (!trace || !own.weights) return html`<${Waits} ...${{t, ...run}} problem=${run.problem || own.problem} again=${run.problem ? run.again : own.again} trace=${null} />`;
    const names = Object.keys(own.weights.matrices).filter((name) => wanted.includes(name.split(".").at(-1)));
    return html`
      <${Waits} ...${{t, ...run}} />
      <${WeightsEditor} ...${{t, names}} ...${own} n=${trace.along(trace.sites[0], "query").length} nHeads=${trace.sites[0].n_heads} />
      <p class="figure-foot"><${OpenInWorkbench} ...${{t, lang, attributes}} theme=${theme.value} edits=${trace.request.edits} shown=${{act: "edit"}} /></p>`;
  };
}
