/** How saturated the softmax is, with the square root of d_head and without: of random queries and keys, or of trained heads. */
import {html} from "htm/preact";
import {number, percent, perhaps} from "../format.js";
import {headName, siteName} from "../names.js";
import {Choice} from "./choice.js";
import {LogPlot, Swatch} from "./log_plot.js";
import {Measuring} from "./measuring.js";
import {PlainTable} from "./plain_table.js";
import {Sentence, Slider} from "./settings.js";

/** @param {any} props rows: each with its `scaled` and `unscaled` numbers; series: the two lines; dHead: the chosen size of head */
export function SaturationFigure({t, theme, plotly, large, mode, options, rows, series, settings, measured, on}) {
  const fresh = mode === "fresh", {measure, dHead, keys} = settings, chosen = fresh ? rows.find(({d_head}) => d_head === dHead) : null;
  const named = Object.fromEntries(measures(t)), axes = {x: fresh ? t("numbers in a head, d_head") : t("head, in the order of the blocks"), y: named[measure],
    logX: fresh, logY: measure === "std" || measure === "jacobian"};
  return html`
    <div class="measured-figure ${measured.running ? "is-measuring" : ""}" role="group" aria-label=${t("Saturation of the softmax")}>
      <div class="settings">
        <${Choice} legend=${t("Queries and keys")} value=${mode} onChoose=${on.mode} options=${[["fresh", t("random")], ["trained", t("of a trained model, on your sentence")]]} />
        <${Choice} legend=${t("Shown")} value=${measure} onChoose=${on.measure} options=${measures(t)} />
        ${fresh ? html`
          <${Slider} t=${t} label=${t("Numbers in a head")} value=${Math.log2(dHead)} min=${1} max=${9} said=${(at) => String(2 ** at)} onChange=${(at) => on.dHead(2 ** at)} />
          <${Slider} t=${t} label=${t("Keys")} value=${keys} min=${4} max=${64} step=${4} onChange=${on.keys} />`
        : html`<${Choice} legend=${t("Model")} value=${settings.of[0]} onChoose=${(id) => on.of([id])} options=${options.map(({id, name}) => [id, name])} />
          <${Sentence} t=${t} text=${settings.text} onText=${on.text} />`}
      </div>
      <${Measuring} ...${{t, measured}} />
      <div class="plot-and-table">
        <div><ul class="line-key">${series.map(({name, look}) => html`<li><${Swatch} look=${look} theme=${theme} />${name}</li>`)}</ul>
          <${LogPlot} ...${{t, plotly, theme, large, axes, series}} least="10⁻³²³" name=${told(t, named[measure], series)} />
          ${chosen && html`<${Rows} ...${{t, chosen}} />`}</div>
        <${Table} ...${{t, fresh, rows, dHead, measure}} />
      </div>
      <p class="measured-caption">${fresh ? t("Measured: 1,000 random queries, each with {keys} random keys, every number drawn from a normal distribution. The score is their dot product, divided by √d_head or not. Numbers are means over the queries; the last is the size of the softmax's derivative, the Frobenius norm of diag(p) − p pᵀ.", {keys})
        : t("Measured: the scores of every head on your sentence, over the queries that see two keys or more. Without the root they are multiplied by √d_head, which is not what the model was trained with.")}</p>
    </div>`;
}

const measures = (t) => [["std", t("spread of the scores")], ["largest", t("largest weight")], ["entropy", t("entropy, bits")], ["jacobian", t("size of the derivative")]];

/** The weights of one query, with the root and without. */
function Rows({t, chosen}) {
  const bars = (weights, name) => html`
    <div class="weight-bars" role="img" aria-label=${t("{name}: largest weight {largest}", {name, largest: percent(Math.max(...weights))})}>
      <span>${name}</span><div>${weights.map((weight) => html`<i style=${{height: `${Math.max(1, 100 * weight)}%`}} title=${number(weight)}></i>`)}</div></div>`;
  return html`<div class="first-query"><h3>${t("One query of {d} numbers, its weights", {d: chosen.d_head})}</h3>
    ${bars(chosen.row_scaled, t("divided by √d_head"))}${bars(chosen.row_unscaled, t("not divided"))}</div>`;
}

function Table({t, fresh, rows, dHead, measure}) {
  const columns = [t("divided by √d_head"), t("not divided")], both = (row, which) => [row.scaled[which], row.unscaled[which]];
  if (!fresh) {
    return html`<${PlainTable} t=${t} caption=${t("Every head: {measure}", {measure: Object.fromEntries(measures(t))[measure]})} corner=${t("head")} columns=${columns}
      rows=${rows.map((row) => ({name: headOf(t, row), cells: both(row, measure)}))} />`;
  }
  const chosen = rows.find(({d_head}) => d_head === dHead);
  return html`<${PlainTable} t=${t} caption=${t("With heads of {d} numbers", {d: dHead})} columns=${columns}
    rows=${chosen ? measures(t).map(([which, name]) => ({name, cells: both(chosen, which)})) : []} />`;
}

/** A head by its block and number, and of several attentions in a block by which. */
function headOf(t, {site, head}) {
  const layer = Number(site.split(".").find((part) => /^\d+$/.test(part)));
  return html`${headName(t, {layer}, head)}${(site.startsWith("encoder.") || site.includes("cross")) && html` <small>${siteName(t, {name: site})}</small>`}`;
}

const told = (t, measure, series) => `${measure}. ${series.map(({name, y}) => (y.length ? t("{name}: {first} at the first, {last} at the last", {name, first: perhaps(y[0]), last: perhaps(y.at(-1))}) : name)).join("; ")}`;
