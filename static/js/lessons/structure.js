/** A model's parts in the text: the drawing, the chosen part on the lesson's sentence, and on asking the three families side by side. */
import {signal} from "@preact/signals";
import {html} from "htm/preact";
import {useEffect, useState} from "preact/hooks";
import {useChosen} from "../choosing.js";
import {ALL} from "../format.js";
import {WHOLE} from "../portions.js";
import {useStructures} from "../structured.js";
import {Structure} from "../views/structure.js";
import {asked} from "./head_figure.js";
import {OpenInWorkbench} from "./opening.js";
import {Waits, useRun} from "./run_of_figure.js";

/** attributes.part: its address; attributes.families: "on" for the three families side by side */
export function createStructureFigure({attributes, t, lang, theme, lesson}) {
  const plotly = signal(null), part = signal(attributes.part ?? ""), families = signal(attributes.families ?? ""), models = signal([]);
  return () => {
    const run = useRun(lesson, attributes, WHOLE);
    useEffect(() => {
      lesson.plotly().then((had) => { plotly.value = had; });
      lesson.json("/api/models").then((all) => { models.value = all; }, () => {});
    }, []);
    return html`
      <${Waits} ...${{t, ...run}} />
      ${run.trace && html`<${Drawn} key=${JSON.stringify(run.trace.request.edits)} ...${{t, lang, attributes, lesson, part, families, models}} trace=${run.trace} theme=${theme.value} plotly=${plotly.value} />`}`;
  };
}

function Drawn({t, lang, theme, plotly, attributes, lesson, part, families, models, trace}) {
  const {site, head, query, key, cell, on} = useChosen(trace, asked(trace, attributes)), [digits, show] = useState(4);
  const structures = useStructures({trace, site, part, families, models, told: lesson.told, read: lesson.json, ask: lesson.trace,
    bring: ({model, request: {text, target, mask, edits}}, names) => lesson.trace({model: model.id, text, target, mask, edits, names})});
  return html`
    <${Structure} ...${{t, lang, theme, plotly, digits, cell}} shown=${{site, head, query, key}} structures=${structures.shown} present=${false}
      on=${{...on, show: ({head: to}) => on.head(site.name, to), structure: structures.on, digits: () => show(digits === ALL ? 4 : ALL)}} />
    <p class="figure-foot"><${OpenInWorkbench} ...${{t, lang, theme, attributes}} edits=${trace.request.edits} shown=${{site: site.name, head, query, key, act: "structure", part: part.value, families: families.value}} /></p>`;
}
