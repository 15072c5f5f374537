/**
 * A matrix of a few numbers, each in a cell that the pointer or the arrow keys choose; where they may be edited, a number that is typed
 * takes the place of the chosen one, and with Alt the arrows up and down add and take away 1.
 */
import {html} from "htm/preact";
import {useLayoutEffect, useRef, useState} from "preact/hooks";
import {matrixName} from "../entries.js";
import {number} from "../format.js";
import {language} from "../labels.js";
import {typed} from "../typed_number.js";
import {moved} from "./heatmap.js";

const BEGINS = /^[-−\d.]$/; // a number

/**
 * @param {any} props title, role: "query", "key", "value" or ""; rows, columns: labels; values: [row][column]; bands: columns that belong together;
 * chosen: {row, column} or null; marked: (row, column) => classes of a cell; own: (row, column) => the number before an edit; onPut: for matrices that
 * may be edited
 */
export function NumberGrid({t, title, role = "", name, rows, columns, values, bands = 1, chosen, marked = none, own = null, onChoose, onHover = none, onPut = null}) {
  const grid = useRef(null), open = useRef(false), [typing, type] = useState(null), [last, stay] = useState({row: 0, column: 0}); // typing: what stands in the field so far
  const at = fit(chosen ?? last, values), wide = columns.length / bands;
  const cellAt = ({row, column}) => grid.current.querySelector(`[data-at="${row}.${column}"]`);
  useLayoutEffect(() => { if (typing !== null) grid.current.querySelector("input")?.focus(); }, [typing === null]);

  const choose = (to) => { stay(to); onChoose(to); };
  const go = (to) => { choose(to); cellAt(to).focus(); };
  const put = (x) => { if (!Number.isNaN(x)) onPut(at.row, at.column, x); };
  /** Ends the typing, once: to leave the field is an end, too. */
  const end = (keeps) => {
    if (!open.current) return;
    open.current = false;
    if (keeps) put(typed(typing));
    type(null);
  };
  const begin = (text) => { open.current = true; type(text); };
  const below = {row: Math.min(at.row + 1, values.length - 1), column: at.column};

  function onKeyDown(event) {
    if (event.isComposing) return;
    if (typing !== null) {
      const to = {Enter: below, Escape: at}[event.key];
      if (!to) return;
      event.preventDefault();
      event.stopPropagation();
      end(event.key === "Enter");
      go(to);
      return;
    }
    const by = event.altKey && {ArrowUp: 1, ArrowDown: -1}[event.key];
    if (onPut && by) {
      event.preventDefault();
      put(values[at.row][at.column] + by);
      return;
    }
    if (onPut && !event.ctrlKey && !event.metaKey && !event.altKey) {
      if (BEGINS.test(event.key)) { event.preventDefault(); begin(event.key); return; }
      if (event.key === "Enter" || event.key === "F2") { event.preventDefault(); begin(String(values[at.row][at.column])); return; }
      if (event.key === "Delete" || event.key === "Backspace") { event.preventDefault(); put(own(at.row, at.column)); return; }
    }
    const to = event.altKey || event.metaKey ? null : moved(at, event, values.length, columns.length);
    if (!to) return;
    event.preventDefault();
    go(to);
  }

  return html`
    <figure class="number-grid ${role}">
      <figcaption><b class=${role && `of-${role}`}>${title}</b></figcaption>
      <table role="grid" aria-label=${name} ref=${grid} onKeyDown=${onKeyDown} onMouseLeave=${() => onHover(null)}>
        <thead><tr><td></td>${columns.map((text, j) => html`<th scope="col" class=${first(j, wide)} lang=${language(text)}>${text}</th>`)}</tr></thead>
        <tbody>${values.map((row, i) => html`
          <tr><th scope="row" lang=${language(rows[i])}>${rows[i]}</th>${Array.from(row, (x, j) => {
            const here = at.row === i && at.column === j, field = here && typing !== null;
            return html`
              <td key=${j} data-at=${`${i}.${j}`} tabindex=${here ? 0 : -1} aria-selected=${chosen !== null && here} aria-readonly=${onPut === null}
                class="${first(j, wide)} ${x === 0 ? "zero" : ""} ${marked(i, j)} ${chosen !== null && here ? "chosen" : ""}" title=${own && own(i, j) !== x ? t("was {own}", {own: number(own(i, j))}) : undefined}
                onClick=${() => { if (!field) go({row: i, column: j}); }} onDblClick=${() => onPut && begin(String(x))}
                onFocus=${() => { if (!here || chosen === null) choose({row: i, column: j}); }} onMouseEnter=${() => onHover({row: i, column: j})}>
                ${field ? html`<input type="text" inputmode="text" size="3" autocomplete="off" aria-label=${`${rows[i]}, ${columns[j]}`} value=${typing}
                  onInput=${(event) => type(event.target.value)} onBlur=${() => end(true)} />` : number(x)}
              </td>`;
          })}</tr>`)}</tbody>
      </table>
    </figure>`;
}

/** W_Q with its index below the line. */
export function MatrixName({name}) {
  const [letter, index] = matrixName(name).split("_");
  return html`<span class="matrix-name">${letter}${index && html`<sub>${index}</sub>`}</span>`;
}

const none = () => "";
const first = (column, wide) => (column > 0 && column % wide === 0 ? "begins" : "");
const fit = ({row, column}, values) => ({row: Math.min(row, values.length - 1), column: Math.min(column, values[0].length - 1)});
