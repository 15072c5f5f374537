/** The chosen cell in every pane: how each weight became so, what its row is made of, and what is predicted there. */
import {html} from "htm/preact";
import {dot, scoreRow} from "../attention.js";
import {ALL, number} from "../format.js";
import {LETTERS} from "../panes.js";
import {ComparedPredictions} from "./compared_predictions.js";
import {RowStory} from "./row_story.js";
import {Token} from "./token.js";

export function ComparedCell(props) {
  const {t, ends, cells, pair, pointed, digits, on} = props, from = ends[pointed.pane];
  const token = (axis) => html`<span class=${`of-${axis}`}><${Token} token=${from.trace.along(from.site, axis)[pointed[axis]]} /></span>`;
  const show = (x) => number(x, digits);
  const work = ends.map((end, pane) => end && cells[pane].query !== null && cells[pane].key !== null ? worked(end, cells[pane]) : null);
  const [a, b] = pair.map((pane) => work[pane]), letters = pair.map((pane) => LETTERS[pane]);
  const alone = ends.map((end) => Boolean(end?.trace.alone)), known = (x) => x !== null && x !== undefined;
  const row = (name, of, word = null) => {
    const all = work.map((one) => (one ? of(one) : null)), [from, to] = [a, b].map((one) => (one ? of(one) : null));
    return all.some(known) && html`
      <tr><th scope="row">${name}</th>${all.map((x) => html`<td class=${x === false ? "hidden-key" : ""}>${known(x) ? (word ?? show)(x) : "–"}</td>`)}
        <td class="delta">${!word && known(from) && known(to) ? show(to - from) : ""}</td></tr>`;
  };
  return html`
    <section class="worked compared-cell" aria-label=${t("The chosen cell")}>
      <header><h2>${t("The chosen cell")}</h2>
        <button type="button" class="quiet" aria-pressed=${digits === ALL} onClick=${on.digits}>${digits === ALL ? t("4 digits") : t("all digits")}</button></header>
      <p class="lead">${token("query")} → ${token("key")}</p>
      <table class="side-table">
        <caption>${t("How each weight became so")}</caption>
        <thead><tr><td></td>${work.map((_, pane) => html`<th scope="col">${LETTERS[pane]}</th>`)}<th scope="col">${letters[1]} − ${letters[0]}</th></tr></thead>
        <tbody>
          ${row(html`<b class="of-query">q</b> · <b class="of-key">k</b>`, (one) => one.dot)}
          ${row(ends.some((end) => end?.site.softcap || end?.site.relative_bias) ? t("score, before the mask") : t("score, scaled"), (one) => one.score)}
          ${row(t("mask"), (one) => one.visible, (visible) => (visible ? t("visible") : t("hidden")))}
          ${row(t("log of the row's sum"), (one) => one.denominator)}
          ${row(t("weight"), (one) => one.weight)}
        </tbody>
      </table>
      ${alone.some(Boolean) && html`<p class="note">${alone.every(Boolean) ? t("This family hands out its attention weights alone: they are compared, and nothing that they are made of.")
        : t("A family that hands out its attention weights alone has no numbers that they are made of: there the line is a dash.")}</p>`}
      ${!alone.every(Boolean) && html`<p class="meaning">${t("weight = e to the power of (score − log of the row's sum), where the mask shows the key; else 0.")}</p>`}
      <${RowStory} ...${props} />
      <${ComparedPredictions} ...${props} />
    </section>`;
}

/** What is known of a cell: of some families the weight alone. */
function worked({trace, site, head}, {query, key}) {
  const one = trace.head(site, head), known = {visible: one.visible(query, key), weight: trace.row(site, head, query)[key]};
  return trace.alone ? known : {...known, dot: dot(one.q(query), one.k(key)), score: scoreRow(one, query)[key], denominator: one.logDenominator(query)};
}
