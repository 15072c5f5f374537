/** The step player in the text, at the stage that the lesson is about. */
import {effect, signal} from "@preact/signals";
import {html} from "htm/preact";
import {useEffect, useMemo, useState} from "preact/hooks";
import {useChosen} from "../choosing.js";
import {ALL} from "../format.js";
import {runOf} from "../lesson_run.js";
import {WHOLE} from "../portions.js";
import {stages} from "../stages.js";
import {createStepping} from "../stepping.js";
import {StepPlayer} from "../views/step_player.js";
import {StepStrip} from "../views/step_strip.js";
import {asked} from "./head_figure.js";
import {OpenInWorkbench} from "./opening.js";
import {Waits, useRun} from "./run_of_figure.js";

/** attributes.step: a number, or what a stage does ("softmax"), of the site that is asked for */
export function createStepsFigure({attributes, t, lang, theme, lesson}) {
  const plotly = signal(null);
  return () => {
    const run = useRun(lesson, attributes, WHOLE);
    useEffect(() => { lesson.plotly().then((had) => { plotly.value = had; }); }, []);
    return html`
      <${Waits} ...${{t, ...run}} />
      ${run.trace && html`<${Player} key=${JSON.stringify(run.trace.request.edits)} ...${{t, lang, attributes, lesson}} trace=${run.trace} theme=${theme.value} plotly=${plotly.value} />`}`;
  };
}

function Player({t, lang, theme, plotly, attributes, lesson, trace}) {
  const {site, head, query, key, cell, on} = useChosen(trace, asked(trace, attributes)), [digits, show] = useState(4);
  const stepping = useMemo(() => {
    const all = stages(trace), {step = "scores"} = attributes;
    const begun = /^\d+$/.test(step) ? Number(step) : all.find((stage) => stage.kind === step && stage.site === site.name)?.step ?? 0;
    const state = {step: signal(begun), site: signal(site.name)};
    const set = (changes) => { for (const [name, value] of Object.entries(changes)) state[name].value = value; };
    return createStepping({state: {...state, set}, trace: signal(trace), told: lesson.told,
      bring: (_, names) => lesson.trace({...runOf(attributes), edits: trace.request.edits, names})});
  }, [trace]);
  useEffect(() => effect(() => { stepping.stage.value; }), [stepping]);
  const shown = {site, head, query, key}, stage = stepping.stage.value;
  return html`
    ${stage && html`<${StepPlayer} ...${{t, theme, plotly, trace, shown, digits}} stepping=${stepping.shown.value} hovered=${cell}
      off="" weights=${null} bounded=${false} scrolls=${false} on=${{...on, step: stepping.on, digits: () => show(digits === ALL ? 4 : ALL)}} />`}
    <${StepStrip} t=${t} stepping=${stepping.shown.value} site=${site} on=${{...stepping.on, open: () => stepping.on.open(site.name)}} name=${t("Stages")} />
    <p class="figure-foot"><${OpenInWorkbench} ...${{t, lang, theme, attributes}} edits=${trace.request.edits} shown=${{site: site.name, head, query, key, step: stage?.step ?? null}} /></p>`;
}
