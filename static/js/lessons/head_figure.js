/** One head of the lesson's run in a view of the workbench, with a choice of its own: head, query, key. */
import {useSignal} from "@preact/signals";
import {html} from "htm/preact";
import {useEffect, useState} from "preact/hooks";
import {useChosen, useShown} from "../choosing.js";
import {ALL} from "../format.js";
import {placeOf} from "../lesson_run.js";
import {WHOLE} from "../portions.js";
import {Pattern} from "../views/head_figure.js";
import {HeadGrid} from "../views/head_grid.js";
import {Heads} from "../views/head_picker.js";
import {Lines} from "../views/lines.js";
import {Matrices} from "../views/matrices.js";
import {AsTable} from "../views/number_table.js";
import {TokenRow} from "../views/token_row.js";
import {Values} from "../views/values.js";
import {WorkedCell} from "../views/worked_cell.js";
import {OpenInWorkbench} from "./opening.js";
import {Waits, useRun} from "./run_of_figure.js";

export function createHeadFigure({attributes, t, lang, theme, lesson, page, present}) {
  return () => {
    const run = useRun(lesson, attributes, WHOLE), plotly = useSignal(null);
    useEffect(() => { if (PLOTTED.has(attributes.view)) lesson.plotly().then((had) => { plotly.value = had; }); }, []);
    return html`
      <${Waits} ...${{t, ...run}} />
      <div class=${run.waiting ? "stale" : ""} aria-busy=${run.waiting}>
        ${run.trace && html`<${Chosen} ...${{t, lang, page, attributes, lesson}} trace=${run.trace} theme=${theme.value} plotly=${plotly.value} present=${present.value} />`}
      </div>`;
  };
}

const PLOTTED = new Set(["weights", "scores", "qkv", "grid"]);

/** The cell that an element asks for, by places or by the texts of tokens. */
export function asked(trace, {site: name, head, query, key}) {
  const site = trace.site(name) ?? trace.sites[0];
  return {site: site.name, head: head === undefined ? null : Number(head), query: placeOf(trace.along(site, "query"), query), key: placeOf(trace.along(site, "key"), key)};
}

function Chosen(props) {
  const {t, lang, theme, attributes, trace, lesson} = props, chosen = useChosen(trace, asked(trace, attributes)), {site, head, on} = chosen;
  const View = VIEWS[attributes.view] ?? PatternView, own = trace.site(site.name);
  const view = {worked: "weights", grid: "weights"}[attributes.view] ?? attributes.view;
  return html`
    ${own.n_heads > 1 && attributes.view !== "grid" && html`<${Heads} t=${t} site=${own} head=${head} onHead=${on.head} />`}
    <${View} ...${props} ...${chosen} site=${own} />
    <p class="figure-foot"><${OpenInWorkbench} ...${{t, lang, theme, attributes}} edits=${trace.request.edits}
      shown=${{site: site.name, head, query: chosen.query, key: chosen.key, view}} /></p>`;
}

function PatternView({t, theme, plotly, present, attributes, trace, site, head, cell, on}) {
  const [shows, show] = useShown({as: "picture"});
  return html`
    <${Pattern} ...${{t, theme, plotly, trace, site, head, cell, on}} view=${attributes.view} as=${shows.as} sink="shown" digits=${4} marks=${NONE} rows="all" bounded=${false} present=${present} />
    <${AsTable} t=${t} as=${shows.as} on=${{show}} />`;
}

const NONE = [];

function LineView({t, theme, present, trace, site, head, cell, attributes, on}) {
  const [lines, show] = useShown({threshold: "0.01", hidden: "", heads: attributes.heads === "block" ? "block" : "chosen", direction: attributes.direction ?? ""});
  return html`<${Lines} ...${{t, theme, trace, site, head, cell, lines, present}} bounded=${false} on=${{...on, show}} />`;
}

function QkvView({t, theme, plotly, trace, site, head, cell, on}) {
  const [shown, show] = useShown({order: "place", feature: null, as: "picture"});
  return html`<${Matrices} ...${{t, theme, plotly, trace, site, head, cell, ...shown}} digits=${4} on=${{...on, show}} />`;
}

function ValuesView({t, theme, plotly, trace, site, head, cell, on}) {
  const [shown, show] = useShown({order: "place", sink: "shown", measure: "norms"});
  return html`<${Values} ...${{t, theme, plotly, trace, site, head, cell, ...shown}} digits=${4} on=${{...on, show}} />`;
}

function WorkedView({t, theme, trace, site, head, query, key, cell, on}) {
  const [digits, show] = useState(4);
  return html`
    <${TokenRow} t=${t} title=${t("Query")} tokens=${trace.along(site, "query")} query=${query} key_=${null} pick=${t("query")} onPick=${on.query} />
    <${TokenRow} t=${t} title=${t("Key")} tokens=${trace.along(site, "key")} query=${null} key_=${key} pick=${t("key")} onPick=${on.key} />
    <${WorkedCell} ...${{t, theme, trace, site, head, cell, digits}} onDigits=${() => show(digits === ALL ? 4 : ALL)} onPick=${on.pick} onView=${() => {}} />`;
}

function GridView({t, lang, theme, plotly, page, trace, site, head, cell, on}) {
  const [kind, setKind] = useState(""), [sort, setSort] = useState("block");
  return html`
    <div class="grid-and-head">
      <${HeadGrid} ...${{t, lang, trace, site, head, theme, kind, sort}} sink="shown" kinds=${page.kinds} onPick=${on.head} onKind=${setKind} onSort=${setSort} onPainted=${on.painted} />
      <div><${Pattern} ...${{t, theme, plotly, trace, site, head, cell, on}} view="weights" as="picture" sink="shown" digits=${4} marks=${NONE} rows="all" bounded=${false} present=${false} /></div>
    </div>`;
}

const VIEWS = {lines: LineView, qkv: QkvView, values: ValuesView, worked: WorkedView, grid: GridView};
