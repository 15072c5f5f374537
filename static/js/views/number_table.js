/** A matrix as a table: the same numbers as its picture, to be read, heard and copied. */
import {html} from "htm/preact";
import {useState} from "preact/hooks";
import {ALL, number} from "../format.js";
import {pageOf, turned} from "../paging.js";
import {Choice} from "./choice.js";
import {Pages} from "./pages.js";

const SHOWN = 32; // rows and columns at a time

/** Whether matrices are drawn or written. */
export const AsTable = ({t, as, on}) => html`<${Choice} legend=${t("Matrices")} name="as" value=${as} onChoose=${(to) => on.show({as: to})}
  options=${[["picture", t("picture")], ["table", t("table")]]} />`;

/**
 * @param {any} props rowOf: the numbers of a row, null where the mask hides one; veiled: the column that the visitor hides, or null;
 * selected: {row, column}, column null for a whole row; precision: of all digits, in words
 */
export function NumberTable({t, name, rows, columns, rowOf, veiled = null, digits, precision, selected, onMove}) {
  const [leafed, leaf] = useState(0); // the column that is turned to where none is chosen
  const column = selected.column ?? Math.min(leafed, columns.length - 1), down = pageOf(rows.length, selected.row, SHOWN), across = pageOf(columns.length, column, SHOWN);
  const list = ({from, to}) => Array.from({length: to - from}, (_, i) => from + i);
  const show = (x, i) => (i === veiled ? t("hidden") : x === null ? t("masked") : number(x, digits === ALL ? ALL : 4));
  const turn = (to) => {
    leaf(to.column ?? column);
    onMove({row: selected.row, column, ...to});
  };
  return html`
    <div class="number-table">
      <div class="scroll" tabindex="0" role="region" aria-label=${name}>
        <table>
          <caption>${name}</caption>
          <thead><tr><td></td>${list(across).map((i) => html`<th scope="col" class=${i === selected.column ? "of-key" : ""}><bdi>${columns[i]}</bdi>${columns[i] !== String(i) && html`<sub>${i}</sub>`}</th>`)}</tr></thead>
          <tbody>${list(down).map((row) => [row, rowOf(row)]).map(([row, values]) => html`
            <tr class=${row === selected.row ? "chosen" : ""}><th scope="row" class=${row === selected.row ? "of-query" : ""}><bdi>${rows[row]}</bdi><sub>${row}</sub></th>
              ${list(across).map((i) => {
                const value = values[i], chosen = row === selected.row && i === selected.column;
                return html`<td class="${value === null ? "masked" : ""} ${chosen ? "cell" : ""}" onClick=${() => onMove({row, column: i})}>${show(value, i)}</td>`;
              })}</tr>`)}</tbody>
        </table>
      </div>
      ${digits === ALL && precision && html`<p class="note">${precision}</p>`}
      <div class="pages-row">
        <${Pages} ...${{t, name: t("Rows"), count: rows.length, page: down}} onTurn=${(by) => turn({row: turned(rows.length, selected.row, by, SHOWN)})} />
        <${Pages} ...${{t, name: t("Columns"), count: columns.length, page: across}} onTurn=${(by) => turn({column: turned(columns.length, column, by, SHOWN)})} />
      </div>
    </div>`;
}
