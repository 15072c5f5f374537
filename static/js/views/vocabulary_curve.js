/** Every token of the vocabulary as a bar, the likeliest first, both axes logarithmic: how much of it a draw can reach. */
import {html} from "htm/preact";
import {useMemo, useState} from "preact/hooks";
import {count, number} from "../format.js";

const WIDTH = 340, HEIGHT = 96, LEFT = 34, TOP = 6, BOTTOM = 78;
const LEAST = 1e-8; // probabilities below stand on the floor

/** @param {any} props kept: how many of the likeliest tokens are left to be drawn from */
export function VocabularyCurve({t, asides: {held, problem}, trace, kept}) {
  const probabilities = held?.tensors.next_probabilities?.data;
  const sorted = useMemo(() => probabilities && Float32Array.from(probabilities).sort().reverse(), [probabilities]);
  const [rank, point] = useState(null);
  if (!sorted) return html`<p class="note vocabulary">${problem || t("Loading…")}</p>`;
  const n = sorted.length, x = (at) => LEFT + (WIDTH - LEFT - 4) * Math.log(at) / Math.log(n + 1);
  const y = (p) => TOP + (BOTTOM - TOP) * Math.log(Math.max(LEAST, p)) / Math.log(LEAST);
  const bars = steps(sorted, x, y);
  const said = rank === null ? null : {rank: count(rank), probability: number(sorted[rank - 1], 3)};
  const at = (event) => {
    const box = event.currentTarget.getBoundingClientRect();
    const share = ((event.clientX - box.left) / box.width * WIDTH - LEFT) / (WIDTH - LEFT - 4);
    point(Math.max(1, Math.min(n, Math.floor((n + 1) ** share))));
  };
  return html`
    <figure class="vocabulary ${held.of === trace ? "" : "stale"}">
      <figcaption>${t("All {count} tokens of the vocabulary by rank", {count: count(n)})}
        <small>${said ? t("rank {rank}: {probability}", said) : t("the {kept} strong ones can be drawn", {kept: count(Math.min(kept, n))})}</small></figcaption>
      <svg viewBox=${`0 0 ${WIDTH} ${HEIGHT}`} role="img" onPointerMove=${at} onPointerLeave=${() => point(null)}
        aria-label=${t("Probability by rank: {first} for the likeliest, {last} for the least likely of {count} tokens.", {first: number(sorted[0], 3), last: number(sorted[n - 1], 3), count: count(n)})}>
        ${[1, 1e-4, LEAST].map((p) => html`<path class="axis" d=${`M${LEFT} ${y(p)}H${WIDTH - 4}`} /><text class="y-tick" x=${LEFT - 4} y=${y(p) + 3.5}>${p === 1 ? "1" : number(p, 1)}</text>`)}
        <path class="cut" d=${`M${bars(n)}`} /><path class="reach" d=${`M${bars(Math.min(kept, n))}`} />
        ${[1, 10, 100, 1000].filter((at) => at <= n).map((at) => html`<text class="x-tick" x=${x(at)} y=${BOTTOM + 14}>${count(at)}</text>`)}
        ${rank !== null && html`<path class="marker" d=${`M${x(rank)} ${TOP}V${BOTTOM}`} />`}
      </svg>
    </figure>`;
}

/** Bars of 1..last as one outline, from rank to rank + 1; past the first hundred those that fall on one pixel are one. */
function steps(sorted, x, y) {
  const from = []; // ranks at which a bar begins
  for (let rank = 1, at = -Infinity; rank <= sorted.length; rank++) {
    if (x(rank) - at >= 0.5) { from.push(rank); at = x(rank); }
  }
  return (last) => {
    const ranks = from.filter((rank) => rank <= last);
    return `${x(1)} ${BOTTOM}${ranks.map((rank, i) => `V${y(sorted[rank - 1]).toFixed(1)}H${x(ranks[i + 1] ?? last + 1).toFixed(1)}`).join("")}V${BOTTOM}Z`;
  };
}
