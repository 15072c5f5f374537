/** What is drawn of the chosen head: heatmaps, their legends, lines, Q K V, values. */
import {html} from "htm/preact";
import {useMemo, useState} from "preact/hooks";
import {weightColour} from "../colour.js";
import {ALL} from "../format.js";
import {evidence} from "../kinds.js";
import {label} from "../labels.js";
import {matrixOf} from "../tiling.js";
import {Matrices, Pattern} from "../views/head_figure.js";
import {SignedLegend, WeightLegend} from "../views/legend.js";
import {Lines} from "../views/lines.js";
import {SinkToggle} from "../views/sink.js";
import {TiledHeatmap} from "../views/tiled_heatmap.js";
import {TokenSteps} from "../views/token_steps.js";
import {Values} from "../views/values.js";
import {Specimen, useChosen, useShown} from "./specimen.js";
import {useTokenSteps} from "./walking.js";

export function Heatmaps({given}) {
  const {t} = given;
  return html`
    <${Specimen} given=${given} View=${Matrix} title=${t("Weights under a causal mask: what is hidden is hatched")} />
    <${Specimen} given=${given} View=${Matrix} title=${t("A query that may see nothing: a row of hatch")} run="blinded" />
    <${Specimen} given=${given} View=${Matrix} title=${t("Weights where every token sees every token")} run="bidirectional" />
    <${Specimen} given=${given} View=${Matrix} title=${t("Scores: signed, zero is paper")} view="scores" />
    <${Specimen} given=${given} View=${Matrix} title=${t("Where an induction head would look, marked")} kind="induction" />
    <${Specimen} given=${given} View=${Matrix} title=${t("The first position left out")} sinks=${true} />
    <${Specimen} given=${given} View=${Matrix} title=${t("Token by token: the rows after the query covered")} steps=${true} />
    <${Specimen} given=${given} View=${Matrix} title=${t("Cross-attention: target tokens look at source tokens")} run="translated" />`;
}

/** sinks, steps: with the switch, and the steps, that belong to it */
function Matrix({t, theme, plotly, trace, first, view = "weights", as = "picture", kind = "", sinks = false, steps = false}) {
  const {site, head, query, cell, on} = useChosen(trace, first), [sink, setSink] = useState(sinks ? "hidden" : "shown");
  const stepped = useTokenSteps(trace, site, head, query, on, steps ? "read" : "all");
  const marks = useMemo(() => evidence(trace, site, head, kind), [trace, site, head, kind]);
  const all = {...on, ...stepped.on, show: ({sink}) => setSink(sink)};
  return html`
    ${sinks && html`<${SinkToggle} ...${{t, trace, site, head, sink}} query=${cell.query} on=${all} />`}
    <${Pattern} ...${{t, theme, plotly, trace, site, head, view, as, sink, cell, marks}} digits=${4} rows=${stepped.rows}
      bounded=${false} present=${false} on=${all} />
    ${steps && html`<${TokenSteps} ...${{t, trace, site, head, cell}} rows=${stepped.rows} walking=${stepped.walking} covers=${true} on=${all} />`}`;
}

export function Tables({given}) {
  const {t} = given;
  return html`
    <${Specimen} given=${given} View=${Matrix} title=${t("Weights, what is masked in words")} as="table" />
    <${Specimen} given=${given} View=${Matrix} title=${t("Scores of a long sentence, 32 tokens at a time")} run="long" view="scores" as="table" />`;
}

export function Tilings({given}) {
  return html`<${Specimen} given=${given} View=${Tiling} title=${given.t("A short one: longer ones are handled alike")} run="long" wide=${true} />`;
}

/** The shipped models read 256 tokens, for which plotly draws; so a short matrix is drawn as long ones are. */
function Tiling({t, theme, trace, first, name}) {
  const {site, head, cell, on} = useChosen(trace, first), one = trace.head(site, head);
  const matrix = useMemo(() => matrixOf(one, (query) => trace.row(site, head, query), 0), [trace, site, head]);
  const labels = useMemo(() => ["query", "key"].map((axis) => trace.along(site, axis).map(label)), [trace, site]);
  const picked = (then) => (to) => then(to && {query: to.row, key: to.column});
  return html`<${TiledHeatmap} ...${{t, theme, matrix, name}} rows=${labels[0]} columns=${labels[1]} rowAxis=${t("query: who looks")} columnAxis=${t("key: what is looked at")}
    range=${[0, 1]} bounded=${false} written=${(x) => (x === null ? "" : x.toFixed(2))} room=${32} colourOf=${(x) => weightColour(x, theme)} marks=${NONE} covered=${null}
    veiled=${null} selected=${{row: cell.query, column: cell.key}} onHover=${picked(on.hover)} onPick=${picked(on.pick)} onMove=${picked(on.pick)} />`;
}

const NONE = [];

export function Pages({given}) {
  return html`<${Specimen} given=${given} View=${Paged} title=${given.t("25 tokens, 16 of them at a time")} run="long" wide=${true} />`;
}

function Paged({t, theme, plotly, trace, first}) {
  const {site, head, cell, on} = useChosen(trace, first);
  return html`
    <div class="presented" data-present data-theme=${theme}>
      <${Pattern} ...${{t, theme, plotly, trace, site, head, on}} view="weights" sink="shown" rows="all" marks=${[]} cell=${cell}
        bounded=${false} present=${true} />
    </div>`;
}

export function Legends({given}) {
  const {t} = given;
  return html`
    <${Specimen} given=${given} View=${WeightLegend} title=${t("Weights")} />
    <${Specimen} given=${given} View=${WeightLegend} title=${t("Weights, the first position left out")} hides=${true} />
    <${Specimen} given=${given} View=${SignedLegend} title=${t("Signed numbers, up to the largest of the figure")} largest=${2.5} />`;
}

export function LineViews({given}) {
  const {t} = given;
  return html`
    <${Specimen} given=${given} View=${LineView} title=${t("Lines of one head")} />
    <${Specimen} given=${given} View=${LineView} title=${t("Lines of all heads of the block")} heads="block" />
    <${Specimen} given=${given} View=${LineView} title=${t("Cross-attention, above and below")} run="translated" direction="rows" wide=${true} />`;
}

function LineView({t, theme, trace, first, heads = "chosen", direction = ""}) {
  const {site, head, cell, on} = useChosen(trace, first);
  const [lines, show] = useShown({threshold: "0.01", hidden: "", heads, direction});
  return html`<${Lines} ...${{t, theme, trace, site, head, cell, lines}} bounded=${false} on=${{...on, show}} />`;
}

export function QueriesKeysValues({given}) {
  return html`<${Specimen} given=${given} View=${Qkv} title=${given.t("An induction head, feature by feature")} wide=${true} />`;
}

function Qkv({t, theme, plotly, trace, first}) {
  const {site, head, cell, on} = useChosen(trace, first), [shown, show] = useShown({order: "place", feature: null});
  return html`<${Matrices} ...${{t, theme, plotly, trace, site, head, cell, ...shown}} digits=${4} on=${{...on, show}} />`;
}

export function MovedValues({given}) {
  const {t} = given;
  return html`
    <${Specimen} given=${given} View=${Moved} title=${t("In the order of the sentence")} />
    <${Specimen} given=${given} View=${Moved} title=${t("Largest first, all digits, the first position left out")} order="size" sink="hidden" digits=${ALL} />`;
}

function Moved({t, theme, plotly, trace, first, order = "place", sink = "shown", digits = 4}) {
  const {site, head, cell, on} = useChosen(trace, first), [shown, show] = useShown({order, sink, measure: "norms"});
  return html`<${Values} ...${{t, theme, plotly, trace, site, head, cell, digits, ...shown}} on=${{...on, show}} />`;
}
