/** One cell of attentions that came as weights alone: what it is among its row. There is nothing to work it out from. */
import {html} from "htm/preact";
import {standing} from "../attention.js";
import {number} from "../format.js";
import {CellHeader} from "./cell_header.js";
import {RowTable} from "./row_table.js";

export function WeightCell({t, trace, site, head, cell, digits, onDigits, onPick, name = t("Worked cell")}) {
  const one = trace.head(site, head), weights = trace.row(site, head, cell.query);
  const queries = trace.along(site, "query"), keys = trace.along(site, "key");
  const work = {weight: weights[cell.key], ...standing(one, weights, cell.query, cell.key)};
  return html`
    <section class="worked" aria-label=${name}>
      <${CellHeader} ...${{t, work, digits, onDigits}} title=${t("The chosen cell")} query=${queries[cell.query]} key_=${keys[cell.key]} />
      ${trace.alone || html`<p class="note">${t("The file holds the weights alone: scores, queries, keys and values, from which a model works them out, are not in it.")}</p>`}
      <${RowTable} ...${{t, one, keys, cell, weights, onPick}} scores=${null} sum=${work.rowSum} show=${(x) => number(x, digits)} />
    </section>`;
}
