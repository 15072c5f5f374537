/**
 * One X, three matrices: queries, keys and values. A cell of a result lights up the row of X and the column of the matrix that it is made of,
 * with every product that is added; a cell of a matrix lights up what it takes part in.
 */
import {html} from "htm/preact";
import {useEffect, useMemo, useRef, useState} from "preact/hooks";
import {columnsOf, edited, matrixName, multiplied, ofEntries, put, roleOf, rowsOf, within} from "../entries.js";
import {number} from "../format.js";
import {label} from "../labels.js";
import {concatenated, matrixOf} from "../matrices.js";
import {MatrixName, NumberGrid} from "./number_grid.js";
import {Entry} from "./weights_editor.js";

const RESULTS = {W_q: "q", W_k: "k", W_v: "v"};
const NOTHING = {cells: new Set(), turn: 0};

/**
 * @param {any} props site: an attention that reads the stream as it is; weights: {matrices}; features, words: labels; edits: of the lesson, onEdits: of another list;
 * editable: names of matrices, "W_q"; begun: {of, row, column}, the result's cell that is chosen at first
 */
export function Lenses({t, trace, site, weights: {matrices}, features, words, edits, editable = ["W_q"], begun, onEdits}) {
  const [chosen, choose] = useState({kind: "result", ...begun}), [hovered, hover] = useState(null), at = hovered ?? chosen;
  const tokens = trace.along(site, "query").map(label), x = matrixOf(trace, `${site.name.replace(/\.attn$/, "")}.resid_pre`);
  const moved = useMoved(trace, site), known = {features, words};
  const rowsX = Array.from({length: x.rows}, (_, i) => Array.from(x.row(i)));
  const putAt = ({of, row, column}, value) => {
    const name = `${site.name}.${lastOf(of)}`;
    onEdits(put(edits, {weight: name, row, column, value: within(value)}, matrices[name][row][column]));
  };
  const inX = (row, column) => lit(at.kind === "result" ? at.row === row : at.kind === "matrix" && at.row === column);
  return html`
    <div class="lenses" role="group" aria-label=${t("One X, three matrices")}>
      <div class="lens-source">
        <${NumberGrid} ...${{t}} title="X" name=${t("X: a row for each token, as attention reads it")} rows=${tokens} columns=${features} values=${rowsX}
          chosen=${chosen.kind === "x" ? chosen : null} marked=${inX} onChoose=${(to) => choose({kind: "x", ...to})} />
        <${Told} ...${{t, at, trace, site, matrices, edits, tokens, known, x, onPut: editable.includes(lastOf(at.of)) ? (value) => putAt(at, value) : null}} />
      </div>
      <div class="lens-row">${Object.entries(RESULTS).map(([last, of]) => {
        const name = `${site.name}.${last}`, own = matrices[name], now = edited(own, edits, name), result = concatenated(trace, `${site.name}.${of}`);
        const values = Array.from({length: result.rows}, (_, i) => Array.from(result.row(i))), here = at.of === of, may = editable.includes(last);
        const inW = (row, column) => `${lit(here && (at.kind === "result" ? at.column === column : at.row === row && at.column === column))} ${now.changed(row, column) ? "is-changed" : ""}`;
        const inResult = (row, column) => `${lit(here && (at.kind === "result" ? at.row === row && at.column === column : at.column === column))} ${moved.cells.has(`${of}/${row}.${column}`) ? `moved turn-${moved.turn % 2}` : ""}`;
        const columns = columnsOf(name, {...known, n: own[0].length});
        return html`
          <div class="lens-pane ${roleOf(name)}">
            <${NumberGrid} ...${{t, columns}} title=${html`<${MatrixName} name=${name} />`} role=${roleOf(name)} bands=${site.n_heads} rows=${rowsOf(name, {...known, n: own.length})} values=${now.values}
              name=${may ? t("{matrix}. Arrow keys choose an entry; type a number to put it there.", {matrix: matrixName(name)}) : matrixName(name)}
              chosen=${chosen.kind === "matrix" && chosen.of === of ? chosen : null} marked=${inW} own=${(row, column) => own[row][column]}
              onChoose=${(to) => choose({kind: "matrix", of, ...to})} onHover=${(to) => hover(to && {kind: "matrix", of, ...to})} onPut=${may ? (row, column, value) => putAt({of, row, column}, value) : null} />
            <span class="lens-sign" aria-hidden="true">X · <${MatrixName} name=${name} /> =</span>
            <${NumberGrid} ...${{t, columns, values}} title=${of.toUpperCase()} role=${roleOf(name)} bands=${site.n_heads} rows=${tokens}
              name=${t("{result}: a row for each token. Arrow keys choose a number and light up what it is made of.", {result: of.toUpperCase()})}
              chosen=${chosen.kind === "result" && chosen.of === of ? chosen : null} marked=${inResult}
              onChoose=${(to) => choose({kind: "result", of, ...to})} onHover=${(to) => hover(to && {kind: "result", of, ...to})} />
          </div>`;
      })}</div>
      <p class="lens-foot"><button type="button" class="quiet" disabled=${ofEntries(edits).length === 0} onClick=${() => onEdits(edits.filter((edit) => !ofEntries([edit]).length))}>${t("Put all back")}</button></p>
    </div>`;
}

const lastOf = (of) => Object.keys(RESULTS).find((one) => RESULTS[one] === of);
const lit = (is) => (is ? "lit" : "");

/** The chosen number as the sum that it is. */
function Told({t, at, trace, site, matrices, edits, tokens, known, x, onPut}) {
  const name = `${site.name}.${lastOf(at.of)}`;
  if (at.kind === "x") return html`<p class="lens-told note">${t("Choose a number of Q, K or V.")}</p>`;
  if (at.kind === "matrix") {
    return html`
      <div class="lens-told">
        <p class="note">${t("This entry takes part in every number of its column, times the lit feature of each token.")}</p>
        ${onPut && html`<${Entry} key=${`${at.of}/${at.row}.${at.column}`} ...${{t, known, own: matrices[name], edits, onPut}} place=${{name, ...at}} />`}
      </div>`;
  }
  const {terms} = multiplied(x.row(at.row), edited(matrices[name], edits, name).values, at.column);
  const result = concatenated(trace, `${site.name}.${at.of}`).row(at.row)[at.column];
  return html`
    <div class="lens-told" aria-live="polite">
      <p><b class="of-${roleOf(name)}">${at.of.toUpperCase()}</b> [${tokens[at.row]}, ${at.column}] = <b>${number(result)}</b></p>
      <table class="lens-terms"><thead><tr><td></td><th scope="col">X [${tokens[at.row]}]</th><th scope="col" class="of-${roleOf(name)}"><${MatrixName} name=${name} /></th><th scope="col">${t("product")}</th></tr></thead>
        <tbody>${terms.map(({x: a, w, product}, i) => html`
          <tr class=${product === 0 ? "zero" : ""}><th scope="row">${known.features[i]}</th><td>${number(a)}</td><td>× ${number(w)}</td><td>= ${number(product)}</td></tr>`)}</tbody>
        <tfoot><tr><th scope="row">${t("sum")}</th><td></td><td></td><td>${number(result)}</td></tr></tfoot></table>
    </div>`;
}

/** The cells of the results that are not what they were in the run before. */
function useMoved(trace, site) {
  const last = useRef(trace), [moved, tell] = useState(NOTHING);
  const now = useMemo(() => {
    const cells = new Set(), before = last.current;
    for (const of of Object.values(RESULTS)) {
      const [was, is] = [before, trace].map((one) => concatenated(one, `${site.name}.${of}`));
      is.data.forEach((value, i) => { if (value !== was.data[i]) cells.add(`${of}/${Math.floor(i / is.columns)}.${i % is.columns}`); });
    }
    return cells;
  }, [trace]);
  useEffect(() => {
    if (last.current === trace) return;
    last.current = trace;
    tell(({turn}) => ({cells: now, turn: turn + 1}));
  }, [trace]);
  return moved;
}
