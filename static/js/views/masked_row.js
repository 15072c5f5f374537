/** What a mask does to the row of a query: scores become −∞ and exactly 0; and what would happen if it came after the softmax. */
import {html} from "htm/preact";
import {useMemo} from "preact/hooks";
import {maskedAfter} from "../attention.js";
import {hides} from "../masks.js";
import {Token} from "./token.js";

const SHOWN = 12;

/** The step of the worked cell between scale and softmax. */
export function Masked({t, trace, site, one, work, show, keys, cell, onPick}) {
  const hidden = keys.length - work.seen;
  return html`
    <li>
      <h3>${t("Mask")}</h3>
      <p class="meaning">${t("A key that this query may not see gets −∞.")}</p>
      <p class="equation ${work.visible ? "" : "hidden-key"}">
        ${work.visible ? t("visible: the score stays {score}", {score: show(work.score)})
          : t("hidden: {score} becomes −∞", {score: show(work.score)})}</p>
      ${work.visible || html`<p class="chain"><math lang="en"><mrow><mn>${show(work.score)}</mn><mo>→</mo><mn>−∞</mn><mo>,</mo><mspace width="0.6em" /><msup><mi>e</mi><mn>−∞</mn></msup><mo>=</mo><mn>${show(Math.exp(-Infinity))}</mn></mrow></math>
        ${" "}<span class="note">${t("exactly, not nearly")}</span></p>`}
      ${hidden === 0 ? html`<${Whole} ...${{t, trace, site}} />` : html`
        <details open=${!work.visible}>
          <summary>${t("The row before and after the mask: {hidden} of {count} keys hidden", {hidden, count: keys.length})}</summary>
          <${Table} ...${{t, one, keys, cell, onPick}} order=${work.before} caption=${t("Scores before and after the mask, and their powers of e")}
            heads=${[t("score"), t("after the mask"), html`e<sup>${t("score")}</sup>`]}
            cells=${(key) => ((after) => [show(work.scores[key]), show(after), show(Math.exp(after))])(one.visible(cell.query, key) ? work.scores[key] : -Infinity)} />
        </details>`}
    </li>`;
}

/** A row of which nothing is hidden, while the mask hides something of others. */
function Whole({t, trace, site}) {
  const {nQuery, nKey} = trace.head(site, 0);
  const lowest = trace.sites.find(({layer, query, key}) => layer === 0 && query === site.query && key === site.key);
  const masks = useMemo(() => hides(lowest.mask, nQuery, nKey), [trace, lowest]);
  if (!masks) return null;
  return html`<p class="note">${site === lowest
    ? t("Nothing of this row is hidden: in the first block its weights are the same with this mask and without.")
    : t("Nothing of this row is hidden, and yet it would be another without the mask: the other positions come out of the blocks before this one, where the mask did hide something from them.")}</p>`;
}

/** The weights that the softmax would give without the mask, what zeros among them would leave, and the model's own. */
export function MaskedAfter({t, one, work, show, keys, cell, onPick}) {
  const late = useMemo(() => maskedAfter(one, cell.query), [one, cell.query]);
  if (work.seen === keys.length) return null;
  const facts = {left: show(late.sum), apart: show(late.apart), norm: show(late.norm)};
  return html`
    <details class="late">
      <summary>${t("What if the mask came after the softmax?")}</summary>
      <p class="meaning">${t("The softmax would share the weight among all keys, the hidden ones too, and what they got would be lost.")}</p>
      <${Table} ...${{t, one, keys, cell, onPick}} order=${late.before} caption=${t("Weights without the mask, the hidden ones then set to 0, and the model's own")}
        heads=${[t("unmasked"), t("set to 0 after"), t("weight")]}
        cells=${(key) => [one.visible(cell.query, key) ? show(late.before[key]) : html`<s>${show(late.before[key])}</s>`, show(late.left[key]), show(work.weights[key])]}
        sums=${[late.before, late.left, work.weights].map((row) => show(row.reduce((a, b) => a + b, 0)))} />
      <p>${work.seen === 0 ? t("Nothing is left, and nothing can be made of it: divided by its sum it would be 0/0.")
        : t("What is left adds up to {left}, not to 1, and z would be {apart} away from the model's, whose length is {norm}.", facts)}</p>
      ${work.seen > 0 && html`<p class="note">${t("Divided by its sum it would be right again: what is wrong is not the order, but that nothing is renormalised.")}</p>`}
    </details>`;
}

/** order: numbers of the row, the largest of which are shown, and the chosen key; cells: of a key; sums: null where there is nothing to add up */
function Table({t, one, keys, cell, order, caption, heads, cells, sums = null, onPick}) {
  const largest = keys.map((_, key) => key).sort((a, b) => order[b] - order[a] || a - b);
  const shown = new Set([...largest.slice(0, keys.length <= SHOWN ? SHOWN : SHOWN - 1), cell.key]), rest = keys.length - shown.size;
  return html`
    <table class="mask-table">
      <caption>${caption}</caption>
      <thead><tr><th scope="col">${t("key")}</th>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
      <tbody>
        ${[...shown].sort((a, b) => a - b).map((key) => html`
          <tr class="${key === cell.key ? "own" : ""} ${one.visible(cell.query, key) ? "" : "masked"}" onClick=${() => onPick({query: cell.query, key})}>
            <th scope="row"><${Token} token=${keys[key]} length=${12} /><sub>${key}</sub></th>${cells(key).map((text) => html`<td>${text}</td>`)}</tr>`)}
        ${rest > 0 && html`<tr><th scope="row" colspan=${heads.length + 1}>${t("{count} more keys", {count: rest})}</th></tr>`}
      </tbody>
      ${sums && html`<tfoot><tr><th scope="row">${t("sum")}</th>${sums.map((sum) => html`<td>${sum}</td>`)}</tr></tfoot>`}
    </table>`;
}
