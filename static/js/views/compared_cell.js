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
  const row = (name, of, {signed = true, word = null} = {}) => html`
    <tr><th scope="row">${name}</th>${work.map((one) => html`<td class=${word && one && !one.visible ? "hidden-key" : ""}>${one ? (word ? word(one) : show(of(one))) : "–"}</td>`)}
      <td class="delta">${signed && a && b ? show(of(b) - of(a)) : ""}</td></tr>`;
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
          ${row(t("score, scaled"), (one) => one.score)}
          ${row(t("mask"), null, {signed: false, word: (one) => (one.visible ? t("visible") : t("hidden"))})}
          ${row(t("log of the row's sum"), (one) => one.denominator)}
          ${row(t("weight"), (one) => one.weight)}
        </tbody>
      </table>
      <p class="meaning">${t("weight = e to the power of (score − log of the row's sum), where the mask shows the key; else 0.")}</p>
      <${RowStory} ...${props} />
      <${ComparedPredictions} ...${props} />
    </section>`;
}

function worked({trace, site, head}, {query, key}) {
  const one = trace.head(site, head);
  return {dot: dot(one.q(query), one.k(key)), score: scoreRow(one, query)[key], visible: one.visible(query, key),
    denominator: one.logDenominator(query), weight: trace.row(site, head, query)[key]};
}
