/** The matrices of a model that may be edited, as grids of numbers: choose an entry, put another number there. */
import {html} from "htm/preact";
import {useState} from "preact/hooks";
import {columnsOf, edited, matrixName, ofEntries, put, roleOf, rowsOf, within} from "../entries.js";
import {number} from "../format.js";
import {typed} from "../typed_number.js";
import {MatrixName, NumberGrid} from "./number_grid.js";

/**
 * @param {any} props weights: {matrices}; names: which of them; features, words: labels; n: how many positions are shown; nHeads: of each attention;
 * edits: all of the run; onEdits: of another list
 */
export function WeightsEditor({t, weights: {matrices}, names = Object.keys(matrices), features, words, n, nHeads, edits, onEdits}) {
  const [place, choose] = useState(null), all = ofEntries(edits), known = {features, words};
  const set = (weight, row, column, value) => onEdits(put(edits, {weight, row, column, value: within(value)}, matrices[weight][row][column]));
  return html`
    <div class="weights-editor" role="group" aria-label=${t("The matrices")}>
      <div class="grids">${names.map((name) => {
        const own = matrices[name], now = edited(own, edits, name), values = matrixName(name) === "P" ? now.values.slice(0, n) : now.values;
        const rows = rowsOf(name, {...known, n: own.length}), columns = columnsOf(name, {...known, n: own[0].length});
        return html`
          <${NumberGrid} key=${name} ...${{t, rows, columns, values}} title=${html`<${MatrixName} name=${name} />`} role=${roleOf(name)} bands=${/attn\.W_[qkv]$/.test(name) ? nHeads : 1}
            name=${t("{matrix}, {rows} rows by {columns} columns. Arrow keys choose an entry; type a number to put it there.", {matrix: matrixName(name), rows: values.length, columns: columns.length})}
            chosen=${place?.name === name ? place : null} marked=${(row, column) => (now.changed(row, column) ? "is-changed" : "")} own=${(row, column) => own[row][column]}
            onChoose=${(to) => choose({name, ...to})} onPut=${(row, column, value) => set(name, row, column, value)} />`;
      })}</div>
      <div class="entry-bar">
        ${place ? html`<${Entry} ...${{t, place, known, own: matrices[place.name], edits}} onPut=${(value) => set(place.name, place.row, place.column, value)} />`
          : html`<p class="note">${t("Choose an entry. Type a number, or use − and +; everything after it is computed again.")}</p>`}
        <p class="changes" role="status">${all.length > 0 && (all.length === 1 ? t("1 entry is changed.") : t("{count} entries are changed.", {count: all.length}))}</p>
        <button type="button" class="quiet" disabled=${all.length === 0} onClick=${() => onEdits(edits.filter((edit) => !all.includes(edit)))}>${t("Put all back")}</button>
      </div>
    </div>`;
}

/** The chosen entry, for a hand without keys. */
export function Entry({t, place: {name, row, column}, known, own, edits, onPut}) {
  const value = edited(own, edits, name).values[row][column], was = own[row][column];
  const where = `${matrixName(name)} [${rowsOf(name, {...known, n: own.length})[row]}, ${columnsOf(name, {...known, n: own[0].length})[column]}]`;
  const read = (event) => { const x = typed(event.target.value); if (Number.isNaN(x)) event.target.value = String(value); else onPut(x); };
  return html`
    <div class="entry" role="group" aria-label=${where}>
      <b><${MatrixName} name=${name} /> ${where.slice(matrixName(name).length)}</b>
      <button type="button" aria-label=${t("1 less")} onClick=${() => onPut(value - 1)}>−</button>
      <input type="text" inputmode="text" size="4" autocomplete="off" aria-label=${where} value=${String(value)} onChange=${read} />
      <button type="button" aria-label=${t("1 more")} onClick=${() => onPut(value + 1)}>+</button>
      <button type="button" class="quiet" disabled=${value === was} onClick=${() => onPut(was)}>${t("Back to {own}", {own: number(was)})}</button>
    </div>`;
}
