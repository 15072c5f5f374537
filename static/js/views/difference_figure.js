/** What lies between two panes: one head's weights less another's, on the tokens that both have. */
import {html} from "htm/preact";
import {useMemo} from "preact/hooks";
import {blockDifference, headDifference, largest} from "../differences.js";
import {number} from "../format.js";
import {label} from "../labels.js";
import {viewName} from "../names.js";
import {LETTERS} from "../panes.js";
import {isLarge, numberAt} from "../tiling.js";
import {Choice} from "./choice.js";
import {Counting, useLargest} from "./largest.js";
import {SignedLegend} from "./legend.js";
import {Token} from "./token.js";
import {TokenMatrix} from "./token_matrix.js";

/** @param {any} props pair: the two panes, the second less the first */
export function DifferenceFigure({t, plotly, theme, present, digits, shows, view, rows: shown, ends, match, cells, pair, compared, choose, on}) {
  const [a, b] = pair, letters = pair.map((pane) => LETTERS[pane]), [one, other] = [ends[a], ends[b]];
  const queries = match.between("query")(a, b), keys = match.between("key")(a, b);
  const matrix = useMemo(() => (isLarge({nQuery: queries.pairs.length, nKey: keys.pairs.length}) ? blockDifference : headDifference)(one, other, queries.pairs, keys.pairs, view),
    [one, other, queries, keys, view]);
  const found = useLargest([matrix]), most = useMemo(() => largest(matrix), [matrix, found]);
  const [rows, columns] = useMemo(() => [["query", queries], ["key", keys]].map(([axis, {pairs}]) => pairs.map((pair) => paired(one, other, axis, pair))),
    [one, other, queries, keys]);
  const at = {row: queries.pairs.findIndex(([i]) => i === cells[a].query), column: keys.pairs.findIndex(([i]) => i === cells[a].key)};
  const place = (to) => to && {pane: a, query: queries.pairs[to.row][0], key: keys.pairs[to.column][0]};
  const title = `${letters[1]} − ${letters[0]}`, scale = Math.max(most.size, 1e-9);
  return html`
    <section class="comparison-pane difference" aria-label=${t("Difference {pair}", {pair: title})}>
      <header>
        <h3><b class="letter">${title}</b> ${view === "weights" ? t("difference of the attention weights") : t("difference of the scores")}</h3>
        ${ends.length > 2 && html`<${Choice} legend=${t("Difference")} value=${compared.between} onChoose=${(between) => on.show({between})}
          options=${["A-B", "A-C", "B-C"].map((name) => [name, name.split("-").reverse().join(" − ")])} />`}
      </header>
      <div class="about-pane"></div>
      <div class="of-pane">${queries.pairs.length === 0 || keys.pairs.length === 0 ? html`<p class="note">${t("No token of one is in the other: there is no cell to be subtracted.")}</p>` : html`
        <${TokenMatrix} ...${{t, plotly, theme, present, digits, matrix, rows, columns}} most=${scale} ready=${found !== null} as=${shows.as} signed=${true}
          name=${shows.as === "table" ? `${title}: ${viewName(t, view)}` : t("Difference {pair}. Arrow keys choose a cell.", {pair: title})}
          selected=${at.row < 0 ? null : {row: at.row, column: at.column < 0 ? null : at.column}} covered=${shown === "read" && at.row >= 0 ? at.row + 1 : null}
          onHover=${(to) => choose.hover(place(to))} onPick=${(to) => choose.pick(place(to))} />
        <p class="at">${at.row < 0 || at.column < 0 ? t("The chosen cell is not in both.") : html`${title}: <b>${valueOf(numberAt(matrix, at.row, at.column), t, digits)}</b>`}
          ${found === null ? html` · <${Counting} t=${t} matrix=${matrix} />` : most.size > 0 ? html` · ${t("largest")} <button type="button" class="quiet" onClick=${() => choose.pick(place(most))}>${number(numberAt(matrix, most.row, most.column), 2)}</button>`
            : html` · ${t("no cell differs: the largest difference is exactly 0")}`}</p>
        ${shows.as !== "table" && found !== null && most.size > 0 && html`<${SignedLegend} t=${t} theme=${theme} largest=${scale} />`}
        <${Unpaired} ...${{t, one, other, queries, letters}} />`}</div>
    </section>`;
}

function valueOf(x, t, digits) {
  return Number.isNaN(x) ? t("masked in both") : number(x, digits);
}

/** A row or a column: its token, and where another stands in its place, that one. */
function paired(one, other, axis, [i, j, same]) {
  const token = label(one.trace.along(one.site, axis)[i]);
  return same ? token : `${token}/${label(other.trace.along(other.site, axis)[j])}`;
}

/** The tokens that only one of the two has. */
function Unpaired({t, one, other, queries, letters}) {
  const lone = [[one, queries.to, letters[0]], [other, queries.back, letters[1]]]
    .map(([end, to, letter]) => ({letter, tokens: end.trace.along(end.site, "query").filter((_, i) => to[i] === null)})).filter(({tokens}) => tokens.length);
  return lone.map(({letter, tokens}) => html`
    <p class="note">${t("Only in {letter}:", {letter})} ${tokens.slice(0, 8).map((token) => html`<${Token} token=${token} length=${12} /> `)}${tokens.length > 8 ? "…" : ""}</p>`);
}
