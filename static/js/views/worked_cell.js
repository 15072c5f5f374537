/** One cell, number by number: q . k, the scale, the mask, the softmax over its row, the weighted sum. */
import {html} from "htm/preact";
import {workedCell} from "../attention.js";
import {ALL, number, percent} from "../format.js";
import {label} from "../labels.js";
import {RowTable} from "./row_table.js";
import {Strip} from "./strip.js";
import {Token} from "./token.js";

export function WorkedCell({t, trace, site, head, cell, theme, digits, onDigits, onPick}) {
  const one = trace.head(site, head), work = workedCell(one, cell.query, cell.key);
  const queries = trace.along(site, "query"), keys = trace.along(site, "key");
  const asks = html`<span class="of-query"><${Token} token=${queries[cell.query]} /></span>`;
  const read = html`<span class="of-key"><${Token} token=${keys[cell.key]} /></span>`;
  const show = (x) => number(x, digits);
  return html`
    <section class="worked" aria-label=${t("Worked cell")}>
      <header>
        <h2>${t("Worked cell")}</h2>
        <button type="button" class="quiet" aria-pressed=${digits === ALL} onClick=${onDigits}>
          ${digits === ALL ? t("4 digits") : t("all digits")}</button>
      </header>
      <p class="lead">${asks} → ${read} <strong>${percent(work.weight)}</strong></p>
      <p class="summary" aria-live="polite">${sentence(t, work, queries[cell.query], keys[cell.key])}</p>
      <ol class="steps">
        <${DotProduct} ...${{t, work, show, theme}} />
        <${Scaled} ...${{t, work, show, dHead: one.dHead}} />
        <${Masked} ...${{t, work, show}} />
        <${Softmax} ...${{t, work, show, keys, cell, one, onPick}} />
        <${WeightedSum} ...${{t, work, show, theme}} />
      </ol>
    </section>`;
}

export function sentence(t, work, query, key) {
  if (work.seen === 0) return t("This query may see nothing: its weights and what it adds up to are zero.");
  if (!work.visible) return t("The mask hides this key from this query, so its weight is exactly 0.");
  return t("Query {query} gives key {key} a weight of {weight}: rank {rank} of the {seen} keys it may see.",
    {query: label(query), key: label(key), weight: number(work.weight), rank: work.rank, seen: work.seen});
}

function DotProduct({t, work, show, theme}) {
  const size = Math.max(...work.q.map(Math.abs), ...work.k.map(Math.abs), 1e-9);
  const product = Math.max(...work.products.map(Math.abs), 1e-9);
  return html`
    <li>
      <h3>${t("Dot product")} <span class="formula"><b class="of-query">q</b> · <b class="of-key">k</b></span></h3>
      <p class="meaning">${t("Query and key, multiplied feature by feature and added up: how well they match.")}</p>
      <${Strip} name="q" role="query" values=${work.q} largest=${size} theme=${theme} show=${show} />
      <${Strip} name="k" role="key" values=${work.k} largest=${size} theme=${theme} show=${show} />
      <${Strip} name="q × k" role="" values=${work.products} largest=${product} theme=${theme} show=${show} />
      <p class="equation" lang="en"><math><mrow><munder><mo>∑</mo><mi>i</mi></munder><msub><mi>q</mi><mi>i</mi></msub>
        <msub><mi>k</mi><mi>i</mi></msub><mo>=</mo><mn>${show(work.dot)}</mn></mrow></math></p>
    </li>`;
}

function Scaled({t, work, show, dHead}) {
  return html`
    <li>
      <h3>${t("Scale")}</h3>
      <p class="meaning">${t("Divided by the root of the number of features, so that wide heads do not get large scores.")}</p>
      <p class="equation" lang="en">
        <math><mrow><mn>${show(work.dot)}</mn><mo>×</mo><mfrac><mn>1</mn><msqrt><mn>${dHead}</mn></msqrt></mfrac></mrow></math>
        ${" "}<math><mrow><mo>=</mo><mn>${show(work.dot)}</mn><mo>×</mo><mn>${show(work.scale)}</mn></mrow></math>
        ${" "}<math><mrow><mo>=</mo><mn>${show(work.score)}</mn></mrow></math></p>
    </li>`;
}

function Masked({t, work, show}) {
  const after = work.visible ? show(work.score) : "−∞";
  return html`
    <li>
      <h3>${t("Mask")}</h3>
      <p class="meaning">${t("A key that this query may not see gets −∞.")}</p>
      <p class="equation ${work.visible ? "" : "hidden-key"}">
        ${work.visible ? t("visible: the score stays {score}", {score: after})
          : t("hidden: {score} becomes −∞", {score: show(work.score)})}</p>
    </li>`;
}

function Softmax({t, work, show, keys, cell, one, onPick}) {
  const power = work.visible ? show(work.score) : "−∞";
  return html`
    <li>
      <h3>${t("Softmax over the row")}</h3>
      <p class="meaning">${t("e to the power of each score, divided by the sum of the row: weights that add up to 1. The number taken off is the log of that sum.")}</p>
      ${work.seen === 0 ? html`<p class="equation hidden-key">${t("No key is visible: there is nothing to divide by, and the weight is 0.")}</p>`
        : html`<p class="equation" lang="en"><math><mrow><mfrac><msup><mi>e</mi><mn>${power}</mn></msup>
          <mrow><munder><mo>∑</mo><mtext>${t("row")}</mtext></munder><msup><mi>e</mi><mi>s</mi></msup></mrow></mfrac></mrow></math>
        ${" "}<math><mrow><mo>=</mo><msup><mi>e</mi><mrow><mn>${power}</mn><mo>−</mo><mn>${bracketed(show(work.logDenominator))}</mn></mrow></msup></mrow></math>
        ${" "}<math><mrow><mo>=</mo><mn class="result">${show(work.weight)}</mn></mrow></math></p>`}
      <${RowTable} ...${{t, one, keys, cell, show, onPick}} weights=${work.weights} scores=${work.scores} sum=${work.rowSum} />
    </li>`;
}

const bracketed = (number) => (number.startsWith("−") ? `(${number})` : number);

function WeightedSum({t, work, show, theme}) {
  const size = Math.max(...work.v.map(Math.abs), ...work.sum.map(Math.abs), 1e-9);
  return html`
    <li>
      <h3>${t("Weighted sum")} <span class="formula">z = ∑ ${t("weight")} · <b class="of-value">v</b></span></h3>
      <p class="meaning">${t("Every value times its weight, added up: what this head brings to the token.")}</p>
      <${Strip} name="v" role="value" values=${work.v} largest=${size} theme=${theme} show=${show} />
      <${Strip} name="w × v" role="value" values=${work.moved} largest=${size} theme=${theme} show=${show} />
      <${Strip} name="z" role="" values=${work.sum} largest=${size} theme=${theme} show=${show} />
      <p class="checked">${t("Worked again here from q, k and v. Largest difference from the model's own z: {difference}.",
        {difference: number(work.difference, 2)})}</p>
    </li>`;
}
