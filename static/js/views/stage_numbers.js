/** What a stage does to the chosen token, in numbers; and how far what is worked here is from the model's own. */
import {html} from "htm/preact";
import {useMemo, useState} from "preact/hooks";
import {WORKED} from "../attended.js";
import {checks, comparable, vectorsAt} from "../at_stage.js";
import {ALL, number} from "../format.js";
import {moments} from "../layers.js";
import {pageOf, turned} from "../paging.js";
import {norm} from "../values.js";
import {Checked} from "./checked.js";
import {Dials} from "./dials.js";
import {Pages} from "./pages.js";
import {Predictions} from "./predictions.js";
import {Token} from "./token.js";
import {Strip} from "./strip.js";
import {useBegun} from "./working.js";

const SHOWN = 128; // keys of a row at a time
const AT_ONCE = 4096; // cells of strips
const OF_A_ROW = [...Object.keys(WORKED), "sum"]; // each adds a column to the row of a query, where the model has it

export function StageNumbers(props) {
  const {t, trace, stage, site, head, query, at, work, waiting, theme, digits, onDigits} = props;
  const show = (x) => number(x, digits);
  const vectors = useMemo(() => vectorsAt(props), [trace, stage, head, query, at]);
  const checked = useMemo(() => checks(props), [trace, stage, head]);
  const tokens = trace.tokens[stage.side], attends = OF_A_ROW.includes(stage.kind);
  const keyed = vectors.some(({axis}) => ["key", "value"].includes(axis));
  if (stage.kind === "tokens") return null;
  return html`
    <div class="stage-numbers ${waiting ? "stale" : ""}">
      <header><h3>${t("At")} <span class="of-query"><${Token} token=${tokens[query]} /><sub>${query}</sub></span>
        ${keyed && html`, ${t("key")} <span class="of-key"><${Token} token=${trace.along(site, "key")[at]} /><sub>${at}</sub></span>`}</h3>
        <button type="button" class="quiet" aria-pressed=${digits === ALL} onClick=${onDigits}>${digits === ALL ? t("4 digits") : t("all digits")}</button></header>
      ${attends && html`<${Row} ...${props} show=${show} />`}
      <${Strips} key=${stage.id} ...${{vectors, shared: comparable(stage), theme, show}} />
      ${"q_unrotated" in stage.tensors && !stage.real && html`<${Dials} t=${t} before=${vectors[0].values} after=${vectors[1].values} position=${query} />`}
      ${["add", "leave"].includes(stage.kind) && html`<${Sizes} ...${{t, vectors, show}} />`}
      ${["norm", "between", "final", "memory"].includes(stage.kind) && html`<${Moments} ...${{t, vectors, show}} />`}
      ${stage.kind === "mlp" && "post" in stage.tensors && html`<p class="note">${t("{count} of {d_mlp} hidden features are positive here.",
        {count: vectors[1].values.filter((x) => x > 0).length, d_mlp: vectors[1].values.length})}</p>`}
      ${stage.kind === "logits" && html`<${Predictions} ...${{t, kind: trace.model.kind, tokens, position: query, predictions: trace.predictions[query], weights: null}} />`}
      ${["softmax", "sum"].includes(stage.kind) && work.sink !== null && Number.isFinite(work.sink) && html`
        <p class="note">${t("The sink's score in this head is {score}: the model hands out only what each row is divided by, and this is what is missing in the row that gives it most. All rows are worked with it.", {score: show(work.sink)})}</p>`}
      <${Checked} t=${t} checks=${checked} />
      ${vectors.length > 0 && html`<${Numbers} ...${{t, vectors, show}} />`}
    </div>`;
}

/** Of thousands of cells after the matrices beside them. */
function Strips({vectors, shared, theme, show}) {
  const begun = useBegun();
  if (!begun && vectors.reduce((sum, {values}) => sum + values.length, 0) > AT_ONCE) return null;
  const sizes = vectors.map(({values}) => values.reduce((most, x) => Math.max(most, Math.abs(x)), 1e-9)), all = Math.max(...sizes);
  return vectors.map(({title, axis, values}, i) => html`<${Strip} name=${title} role=${axis} ...${{values, theme, show}} largest=${shared ? all : sizes[i]} />`);
}

/** How long the three vectors are: how much is added. */
function Sizes({t, vectors, show}) {
  const sizes = vectors.map(({title, values}) => [title, norm(values)]), most = Math.max(...sizes.map(([, size]) => size));
  return html`
    <table class="sizes"><caption>${t("Length of each vector: the root of the sum of its squares")}</caption>
      <tbody>${sizes.map(([title, size]) => html`
        <tr><th scope="row">‖${title}‖</th><td><span class="bar" style=${{"--weight": size / most}}></span></td><td>${show(size)}</td></tr>`)}</tbody></table>`;
}

function Moments({t, vectors, show}) {
  return html`
    <table class="sizes"><thead><tr><td></td><th scope="col">${t("mean")}</th><th scope="col">${t("standard deviation")}</th></tr></thead>
      <tbody>${vectors.map(({title, values}) => {
        const {mean, deviation} = moments(values);
        return html`<tr><th scope="row">${title}</th><td>${show(mean)}</td><td>${show(deviation)}</td></tr>`;
      })}</tbody></table>`;
}

/** The row of the chosen query, one column further with every stage. */
function Row({t, trace, stage, site, query, at, work, show, onPick}) {
  const upTo = OF_A_ROW.indexOf(stage.kind), keys = trace.along(site, "key"), named = {scores: "q · k", scale: t("× scale"), cap: t("capped"), bias: t("+ bias"), mask: t("after mask"), softmax: t("weight")};
  const had = Object.keys(WORKED).filter((kind, i) => i <= upTo && (kind !== "cap" || site.softcap) && (kind !== "bias" || site.relative_bias));
  const columns = had.map((kind) => [named[kind], work[WORKED[kind]]]), weighs = had.includes("softmax");
  const sum = weighs ? work.weights[query].reduce((a, b) => a + b, 0) : null;
  const shown = columns.slice(-3), page = pageOf(keys.length, at, SHOWN);
  return html`
    <div class="stage-row"><table>
      <caption>${t("The row of this query, key by key")}</caption>
      <thead><tr><th scope="col">${t("key")}</th>${shown.map(([title]) => html`<th scope="col">${title}</th>`)}</tr></thead>
      <tbody>${keys.slice(page.from, page.to).map((token, i) => [token, page.from + i]).map(([token, key]) => html`
        <tr class="${key === at ? "chosen" : ""} ${work.masked[query][key] === -Infinity && had.includes("mask") ? "masked" : ""}" onClick=${() => onPick({query, key})}>
          <th scope="row"><${Token} token=${token} length=${12} /><sub>${key}</sub></th>
          ${shown.map(([, rows]) => html`<td>${show(rows[query][key])}</td>`)}
        </tr>`)}</tbody>
      ${weighs && html`<tfoot>${[[t("sum"), sum], ...(site.sinks ? [[t("to the sink"), 1 - sum]] : [])].map(([name, x]) => html`
        <tr><th scope="row">${name}</th>${shown.map(([, rows]) => html`<td>${rows === work.weights && show(x)}</td>`)}</tr>`)}</tfoot>`}
    </table></div>
    <${Pages} ...${{t, name: t("Keys"), count: keys.length, page}} onTurn=${(by) => onPick({query, key: turned(keys.length, at, by, SHOWN)})} />`;
}

/** The same vectors as a table, made when it is asked for. */
function Numbers({t, vectors, show}) {
  const [open, setOpen] = useState(false);
  const most = Math.max(...vectors.map(({values}) => values.length));
  return html`
    <details class="all-numbers" onToggle=${(e) => setOpen(e.currentTarget.open)}>
      <summary>${t("All numbers of this token")}</summary>
      ${open && html`<table><thead><tr><th scope="col">${t("feature")}</th>${vectors.map(({title}) => html`<th scope="col"><code>${title}</code></th>`)}</tr></thead>
        <tbody>${Array.from({length: most}, (_, i) => html`
          <tr><th scope="row">${i}</th>${vectors.map(({values}) => html`<td>${i < values.length && show(values[i])}</td>`)}</tr>`)}</tbody></table>`}
    </details>`;
}
