/** The row of a query as a table: its heaviest keys and the chosen one; the rest are summed in one line. */
import {html} from "htm/preact";
import {Token} from "./token.js";

const SHOWN = 12;

/** @param {any} props scores: null where they are not known; sum: of all weights */
export function RowTable({t, one, keys, cell, weights, scores, sum, show, onPick}) {
  const order = keys.map((_, i) => i).sort((a, b) => weights[b] - weights[a] || a - b);
  const shown = new Set([...order.slice(0, keys.length <= SHOWN + 1 ? keys.length : SHOWN - 1), cell.key]);
  const rest = order.filter((i) => !shown.has(i)), left = rest.reduce((all, i) => all + weights[i], 0);
  return html`
    <table class="row-table">
      <caption>${scores ? t("The row of this query: scores before, weights after") : t("The row of this query")}</caption>
      <thead><tr><th scope="col">${t("key")}</th>${scores && html`<th scope="col">${t("score")}</th>`}<th scope="col">${t("weight")}</th></tr></thead>
      <tbody>
        ${[...shown].sort((a, b) => a - b).map((i) => html`
          <tr class="${i === cell.key ? "chosen" : ""} ${one.visible(cell.query, i) ? "" : "masked"}"
            onClick=${() => onPick({query: cell.query, key: i})}>
            <th scope="row"><${Token} token=${keys[i]} length=${12} /><sub>${i}</sub></th>
            ${scores && html`<td>${one.visible(cell.query, i) ? show(scores[i]) : "−∞"}</td>`}
            <td><span class="bar" style=${{"--weight": weights[i]}}></span>${show(weights[i])}</td>
          </tr>`)}
        ${rest.length > 0 && html`<tr class="rest"><th scope="row">${t("{count} more keys", {count: rest.length})}</th>${scores && html`<td></td>`}
          <td><span class="bar" style=${{"--weight": left}}></span>${show(left)}</td></tr>`}
      </tbody>
      <tfoot><tr><th scope="row">${t("sum")}</th>${scores && html`<td></td>`}<td>${show(sum)}</td></tr></tfoot>
    </table>`;
}
