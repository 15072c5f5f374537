/** How far each position's vector is from the same one in another pane, as it enters the blocks and after each, and how much of its prediction moved. */
import {html} from "htm/preact";
import {useMemo} from "preact/hooks";
import {comparable, movedShare, streamsOf, vectorAt, vectorDifference} from "../differences.js";
import {number, percent} from "../format.js";
import {LETTERS} from "../panes.js";
import {Choice} from "./choice.js";
import {Token} from "./token.js";

const LONGEST = 64; // rows around the chosen one

export function VectorTable({t, ends, match, cells, pair, compared, choose, on}) {
  const [a, b] = pair, letters = pair.map((pane) => LETTERS[pane]), [one, other] = [ends[a], ends[b]], {pairs} = match.between("query")(a, b);
  const names = streamsOf(one.trace, one.site).filter((name) => name in other.trace.tensors);
  const predicts = [one, other].every(({trace, site}) => site.query === trace.predicted && trace.predictions.length) && comparable(one.trace, other.trace);
  const known = useMemo(() => new Map(), [one, other, pairs, names.length]); // of the rows that were shown
  const rowOf = ([i, j]) => {
    if (!known.has(i)) {
      known.set(i, {i, cells: names.map((name) => vectorDifference(vectorAt(one.trace, name, i), vectorAt(other.trace, name, j))),
        moved: predicts ? movedShare(one.trace, other.trace, i, j) : null});
    }
    return known.get(i);
  };
  if (!comparable(one.trace, other.trace)) {
    return html`<p class="note vectors">${t("The vectors of two models are not compared: a feature of one is not the same feature of the other.")}</p>`;
  }
  if (one.trace.alone) return html`<p class="note vectors">${t("This family hands out its attention weights alone: it has no vectors here that could be compared.")}</p>`;
  if (!names.length) return html`<p class="note vectors">${t("The vectors of this text are too many to be brought here.")}</p>`;
  const chosen = pairs.findIndex(([i]) => i === cells[a].query), from = Math.max(0, Math.min(pairs.length - LONGEST, chosen - LONGEST / 2));
  const measure = compared.vectors, head = (i) => (i === 0 ? t("embedding") : t("block {block}", {block: i - 1}));
  return html`
    <section class="vectors">
      <header><h3>${t("Each position's vector, {b} against {a}", {a: letters[0], b: letters[1]})}</h3>
        <${Choice} legend=${t("Measure")} value=${measure} onChoose=${(vectors) => on.show({vectors})}
          options=${[["cosine", t("cosine")], ["ratio", t("length, as a ratio")], ["between", t("length of the difference")]]} /></header>
      <p class="meaning">${MEANING[measure](t, letters)}</p>
      <div class="scroll" tabindex="0" role="region" aria-label=${t("Vectors of each position")}>
        <table>
          <thead><tr><th scope="col">${t("token")}</th>${names.map((_, i) => html`<th scope="col">${head(i)}</th>`)}
            ${predicts && html`<th scope="col" title=${t("How much of the probability stands on other tokens: half of all changes added up.")}>${t("prediction moved")}</th>`}</tr></thead>
          <tbody>${pairs.slice(from, from + LONGEST).map(rowOf).map(({i, cells: all, moved}) => html`
            <tr class=${i === cells[a].query ? "chosen" : ""} onClick=${() => choose.pick({pane: a, query: i, key: cells[a].key ?? 0})}>
              <th scope="row"><${Token} token=${one.trace.along(one.site, "query")[i]} length=${12} /><sub>${i}</sub></th>
              ${all.map((cell) => html`<td title=${String(cell[measure])}><span class="bar" style=${{"--weight": Math.min(1, cell.share)}}></span>${shown(measure, cell)}</td>`)}
              ${predicts && html`<td><span class="bar" style=${{"--weight": moved ?? 0}}></span>${moved === null ? "" : percent(moved)}</td>`}
            </tr>`)}</tbody>
        </table>
      </div>
      ${pairs.length > LONGEST && html`<p class="note">${t("{count} positions around the chosen one, of {all}.", {count: LONGEST, all: pairs.length})}</p>`}
    </section>`;
}

const MEANING = {
  cosine: (t) => t("1: the same direction. The bar is the length of what lies between the two, beside the first one's."),
  ratio: (t, [a, b]) => t("The length in {b} over that in {a}. The bar is the length of what lies between the two, beside the first one's.", {a, b}),
  between: (t) => t("The length of what lies between the two; the bar is that beside the first one's."),
};

/** 1 is written only where it is 1: a cosine of 0.99996 is not. */
const shown = (measure, cell) => (measure === "cosine" && cell.between > 0 && cell.cosine > 0.99995 ? "> 0.9999" : number(cell[measure]));
