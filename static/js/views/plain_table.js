/** The numbers of a figure as a table, with a switch to all digits. */
import {html} from "htm/preact";
import {useState} from "preact/hooks";
import {ALL, number} from "../format.js";

/** @param {{caption: string, columns: any[], rows: {name: any, cells: (number|string|null)[]}[]}} props numbers are written with four digits, or all */
export function PlainTable({t, caption, corner = "", columns, rows}) {
  const [all, show] = useState(false);
  const written = (cell) => (cell === null || cell === undefined ? "–" : typeof cell === "number" ? number(cell, all ? ALL : 4) : cell);
  return html`
    <div class="plain-table">
      <div class="scroll" tabindex="0" role="region" aria-label=${caption}>
        <table>
          <caption>${caption}</caption>
          <thead><tr>${corner ? html`<th scope="col">${corner}</th>` : html`<td></td>`}${columns.map((column) => html`<th scope="col">${column}</th>`)}</tr></thead>
          <tbody>${rows.map(({name, cells}) => html`<tr><th scope="row">${name}</th>${cells.map((cell) => html`<td>${written(cell)}</td>`)}</tr>`)}</tbody>
        </table>
      </div>
      <button type="button" class="quiet" aria-pressed=${all} onClick=${() => show(!all)}>${all ? t("Four digits") : t("All digits")}</button>
    </div>`;
}
