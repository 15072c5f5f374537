/** Why the row of the chosen query differs between two panes, in sentences that are true of the numbers on the page. */
import {html} from "htm/preact";
import {comparable, movedShare, rowDifference} from "../differences.js";
import {number, percent} from "../format.js";
import {label} from "../labels.js";
import {LETTERS} from "../panes.js";

const ROUNDING = 1e-4; // what float32 leaves of numbers of this size

export function RowStory({t, ends, match, cells, pair}) {
  const [a, b] = pair, [one, other] = [ends[a], ends[b]], place = [cells[a].query, cells[b].query];
  if (place.includes(null)) return html`<p class="note story">${t("The chosen query is in one of them only: there is nothing to set beside it.")}</p>`;
  const row = rowDifference(one, other, place, match.between("key")(a, b).pairs);
  return html`
    <section class="story"><h3>${t("Why this row differs")}</h3>
      <ul>${sentences(t, {row, one, other, place, a: LETTERS[a], b: LETTERS[b]}).map((text) => html`<li>${text}</li>`)}</ul></section>`;
}

function sentences(t, {row, one, other, place, a, b}) {
  const query = label(one.trace.along(one.site, "query")[place[0]]), small = (x) => number(x, 2);
  const all = [t("{query} may see {seen} of {of} keys in {a}, and {other} of {all} in {b}.", {query, seen: row.seen[0], of: row.of[0], a, other: row.seen[1], all: row.of[1], b})];
  if (row.query === null && comparable(one.trace, other.trace)) {
    all.push(t("This family hands out its attention weights alone: its queries and keys cannot be compared, only where they look. The largest change in this row is {weight}.", {weight: small(row.weight)}));
  } else if (row.query === null) {
    all.push(t("Two models: their queries and keys are not compared, only where they look. The largest change in this row is {weight}.", {weight: small(row.weight)}));
  } else {
    const facts = {query: small(row.query), key: small(row.key), weight: small(row.weight)};
    all.push(...why(t, row, facts));
  }
  const predicts = [one, other].every(({trace, site}) => site.query === trace.predicted) && comparable(one.trace, other.trace);
  const moved = predicts ? movedShare(one.trace, other.trace, ...place) : null;
  if (moved !== null) all.push(t("In the end {share} of the probability of its prediction stands on other tokens.", {share: percent(moved)}));
  return all;
}

function why(t, row, facts) {
  const alike = Math.max(row.query, row.key) <= ROUNDING;
  if (alike && row.same) return [t("Its query and its keys are the same in both (they differ by {query} and {key} at most), and it may see the same keys: so its row of weights is the same, too. The largest difference is {weight}.", facts)];
  if (alike) return [t("Its query and the keys that both see are the same here (they differ by {query} and {key} at most): so a key's score is the same, and only the mask changes the row, by {weight} at most.", facts)];
  return [
    !row.own ? t("Other weights make other queries and keys: its query differs by up to {query}, and the keys that both see by up to {key}.", facts)
      : t("Its query differs by up to {query}, and the keys that both see by up to {key}: the vectors that enter this block are no longer all the same.", facts),
    row.same ? t("So its row of weights differs by up to {weight}, though it may see the same keys in both.", facts)
      : t("And it may not see the same keys in both: a weight of its row changes by up to {weight}.", facts),
  ];
}
