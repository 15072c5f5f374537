/** Attention weights of a short sentence as a table of coloured cells; what the mask hides is hatched. */
import {html} from "htm/preact";
import {css, inkOn, weightColour} from "../colour.js";
import {Token} from "./token.js";

/** @param {any} props rows: [query][key], null where the mask hides the key; chosen: the query that is looked at, or null */
export function WeightTable({t, caption, queries, keys, rows, theme, chosen = null}) {
  return html`
    <table class="weight-table">
      <caption>${caption}</caption>
      <thead><tr><td></td>${keys.map((token) => html`<th scope="col" class="of-key"><${Token} token=${token} length=${8} /></th>`)}<th scope="col"><small>${t("sum")}</small></th></tr></thead>
      <tbody>${rows.map((row, query) => html`
        <tr class=${query === chosen ? "chosen" : ""}>
          <th scope="row" class="of-query"><${Token} token=${queries[query]} length=${8} /></th>
          ${row.map((weight) => html`<${Cell} ...${{t, weight, theme}} />`)}
          <td class="sum">${row.reduce((sum, weight) => sum + (weight ?? 0), 0).toFixed(2)}</td>
        </tr>`)}</tbody>
    </table>`;
}

function Cell({t, weight, theme}) {
  if (weight === null) return html`<td class="hatch" aria-label=${t("hidden")}></td>`;
  const colour = weightColour(weight, theme);
  return html`<td style=${{background: css(colour), color: inkOn(colour)}}>${weight.toFixed(4)}</td>`;
}
