/** The row of a query as a table: its heaviest keys and the chosen one; the rest are summed in one line. */
import {html} from "htm/preact";
import {number} from "../format.js";
import {Token} from "./token.js";

const SHOWN = 12;

/**
 * @param {any} props scores: null where they are not known; before: what the weights would be without the mask, null where it
 * hides nothing of this row or that is not known; sum: of all weights
 */
export function RowTable({t, one, keys, cell, weights, scores, before, sum, show, onPick}) {
  const order = keys.map((_, i) => i).sort((a, b) => weights[b] - weights[a] || a - b);
  const shown = new Set([...order.slice(0, keys.length <= SHOWN + 1 ? keys.length : SHOWN - 1), cell.key]);
  const rest = order.filter((i) => !shown.has(i));
  const cells = (score, unhidden, weight) => html`
    ${scores && html`<td>${score}</td>`}
    ${before && html`<td class="before" title=${String(unhidden)}><span class="bar" style=${{"--weight": unhidden}}></span>${number(unhidden, 2)}</td>`}
    <td><span class="bar" style=${{"--weight": weight}}></span>${show(weight)}</td>`;
  const sumOf = (numbers) => rest.reduce((all, i) => all + numbers[i], 0);
  return html`
    <table class="row-table">
      <caption>${before ? t("The row of this query: scores, their softmax without the mask, and with it: the weights")
        : scores ? t("The row of this query: scores before, weights after") : t("The row of this query")}</caption>
      <thead><tr><th scope="col">${t("key")}</th>${scores && html`<th scope="col">${t("score")}</th>`}
        ${before && html`<th scope="col" class="before" title=${t("What the weight would be if the mask hid no key of this row")}>${t("unmasked")}</th>`}<th scope="col">${t("weight")}</th></tr></thead>
      <tbody>
        ${[...shown].sort((a, b) => a - b).map((i) => html`
          <tr class="${i === cell.key ? "chosen" : ""} ${one.visible(cell.query, i) ? "" : "masked"}"
            onClick=${() => onPick({query: cell.query, key: i})}>
            <th scope="row"><${Token} token=${keys[i]} length=${12} /><sub>${i}</sub></th>
            ${cells(scores && (one.visible(cell.query, i) ? show(scores[i]) : "−∞"), before?.[i], weights[i])}
          </tr>`)}
        ${rest.length > 0 && html`<tr class="rest"><th scope="row">${t("{count} more keys", {count: rest.length})}</th>
          ${cells("", before && sumOf(before), sumOf(weights))}</tr>`}
      </tbody>
      <tfoot><tr><th scope="row">${t("sum")}</th>${scores && html`<td></td>`}${before && html`<td class="before">${number(before.reduce((all, x) => all + x, 0), 2)}</td>`}<td>${show(sum)}</td></tr></tfoot>
    </table>`;
}
