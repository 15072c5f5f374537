/** The same head under several masks, side by side, with one selection. */
import {useSignal} from "@preact/signals";
import {html} from "htm/preact";
import {useEffect} from "preact/hooks";
import {useChosen} from "../choosing.js";
import {specOf} from "../masks.js";
import {maskName} from "../names.js";
import {WHOLE} from "../portions.js";
import {Pattern} from "../views/head_figure.js";
import {Heads} from "../views/head_picker.js";
import {asked} from "./head_figure.js";
import {OpenInWorkbench} from "./opening.js";
import {Waits, useRun} from "./run_of_figure.js";

/** attributes.masks: words of the address, with spaces between them: "bidirectional causal prefix:2" */
export function createMasksFigure({attributes, t, lang, theme, lesson, present}) {
  const masks = (attributes.masks ?? "bidirectional causal").split(" ");
  return () => {
    const runs = masks.map((mask) => useRun(lesson, {...attributes, mask}, WHOLE)), plotly = useSignal(null);
    useEffect(() => { lesson.plotly().then((had) => { plotly.value = had; }); }, []);
    const first = runs.find(({problem}) => problem) ?? runs.find(({trace}) => !trace) ?? runs[0];
    return html`
      <${Waits} ...${{t, ...first}} />
      ${runs.every(({trace}) => trace) && html`<${Panes} ...${{t, lang, attributes, masks}} traces=${runs.map(({trace}) => trace)} theme=${theme.value} plotly=${plotly.value} present=${present.value} />`}`;
  };
}

function Panes({t, lang, theme, plotly, present, attributes, masks, traces}) {
  const {site, head, query, key, cell, on} = useChosen(traces[0], asked(traces[0], attributes)), view = attributes.of ?? "weights";
  return html`
    ${site.n_heads > 1 && html`<${Heads} t=${t} site=${site} head=${head} onHead=${on.head} />`}
    <div class="mask-panes">${traces.map((trace, i) => {
      const own = trace.site(site.name);
      return html`<section key=${masks[i]}><h3>${maskName(t, specOf(masks[i], own.mask))}</h3>
        <${Pattern} ...${{t, theme, plotly, trace, head, cell, on, view}} site=${own} as="picture" sink="shown" digits=${4} marks=${NONE} rows="all" bounded=${false} present=${present} />
        <p class="figure-foot"><${OpenInWorkbench} ...${{t, lang, theme}} attributes=${{...attributes, mask: masks[i]}} edits=${trace.request.edits} shown=${{site: site.name, head, query, key, view}} /></p></section>`;
    })}</div>`;
}

const NONE = [];
