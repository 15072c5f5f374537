/** What stands above a cell, worked out or read from a file: from whom it leads to whom, its weight, its place in the row. */
import {html} from "htm/preact";
import {ALL, number, percent} from "../format.js";
import {label} from "../labels.js";
import {Token} from "./token.js";

/** @param {any} props work: the weight and its standing in the row; query, key_: tokens */
export function CellHeader({t, title, work, query, key_, digits, onDigits}) {
  return html`
    <header>
      <h2>${title}</h2>
      <button type="button" class="quiet" aria-pressed=${digits === ALL} onClick=${onDigits}>
        ${digits === ALL ? t("4 digits") : t("all digits")}</button>
    </header>
    <p class="lead"><span class="of-query"><${Token} token=${query} /></span> → <span class="of-key"><${Token} token=${key_} /></span>${" "}
      <strong>${percent(work.weight)}</strong></p>
    <p class="summary" aria-live="polite">${sentence(t, work, query, key_)}</p>`;
}

function sentence(t, work, query, key) {
  if (work.seen === 0) return t("This query may see nothing: its weights and what it adds up to are zero.");
  if (!work.visible) return t("The mask hides this key from this query, so its weight is exactly 0.");
  return t("Query {query} gives key {key} a weight of {weight}: rank {rank} of the {seen} keys it may see.",
    {query: label(query), key: label(key), weight: number(work.weight), rank: work.rank, seen: work.seen});
}
