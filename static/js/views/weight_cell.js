/** One cell of attentions that came as weights alone: what it is among its row. There is nothing to work it out from. */
import {html} from "htm/preact";
import {standing} from "../attention.js";
import {ALL, number, percent} from "../format.js";
import {RowTable} from "./row_table.js";
import {Token} from "./token.js";
import {sentence} from "./worked_cell.js";

export function WeightCell({t, trace, site, head, cell, digits, onDigits, onPick}) {
  const one = trace.head(site, head), weights = trace.row(site, head, cell.query), weight = weights[cell.key];
  const queries = trace.along(site, "query"), keys = trace.along(site, "key");
  const work = {weight, ...standing(one, weights, cell.query, cell.key)};
  return html`
    <section class="worked" aria-label=${t("Worked cell")}>
      <header>
        <h2>${t("The chosen cell")}</h2>
        <button type="button" class="quiet" aria-pressed=${digits === ALL} onClick=${onDigits}>
          ${digits === ALL ? t("4 digits") : t("all digits")}</button>
      </header>
      <p class="lead"><span class="of-query"><${Token} token=${queries[cell.query]} /></span> → <span class="of-key"><${Token} token=${keys[cell.key]} /></span>
        <strong>${percent(weight)}</strong></p>
      <p class="summary" aria-live="polite">${sentence(t, work, queries[cell.query], keys[cell.key])}</p>
      <p class="note">${t("The file holds the weights alone: scores, queries, keys and values, from which a model works them out, are not in it.")}</p>
      <${RowTable} ...${{t, one, keys, cell, weights, onPick}} scores=${null} sum=${work.rowSum} show=${(x) => number(x, digits)} />
    </section>`;
}
