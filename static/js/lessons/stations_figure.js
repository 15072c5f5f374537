/** One row of attention from the dot product to the weights; the reader says what is divided by. */
import {html} from "htm/preact";
import {useState} from "preact/hooks";
import {placeOf} from "../lesson_run.js";
import {WHOLE} from "../portions.js";
import {divisors, stationsOf} from "../stations.js";
import {Stations} from "../views/stations.js";
import {TokenRow} from "../views/token_row.js";
import {OpenInWorkbench} from "./opening.js";
import {Waits, useRun} from "./run_of_figure.js";

export function createStationsFigure({attributes, t, lang, theme, lesson}) {
  return () => {
    const run = useRun(lesson, attributes, WHOLE);
    return html`
      <${Waits} ...${{t, ...run}} />
      ${run.trace && html`<${Row} ...${{t, lang, attributes}} trace=${run.trace} theme=${theme.value} />`}`;
  };
}

function Row({t, lang, theme, attributes, trace}) {
  const site = trace.site(attributes.site) ?? trace.sites[0], head = Number(attributes.head ?? 0), one = trace.head(site, head);
  const queries = trace.along(site, "query"), choices = divisors(one.dHead), own = (choices.length - 1) / 2;
  const [query, ask] = useState(placeOf(queries, attributes.query) ?? 0), [chosen, choose] = useState(own);
  return html`
    <${TokenRow} t=${t} title=${t("Row of the query")} tokens=${queries} query=${query} key_=${null} pick=${t("query")} onPick=${ask} />
    <${Stations} ...${{t, theme, choices, own, chosen}} query=${queries[query]} keys=${trace.along(site, "key")} row=${stationsOf(one, query, choices[chosen])} onChoose=${choose} />
    <p class="figure-foot"><${OpenInWorkbench} ...${{t, lang, theme, attributes}} edits=${trace.request.edits} shown=${{site: site.name, head, query, view: "weights"}} /></p>`;
}
