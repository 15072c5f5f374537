/** A query before and after its position is turned into it: each pair of features is a clock hand. */
import {html} from "htm/preact";
import {angle} from "../layers.js";

const SIZE = 56, SHOWN = 6; // pixels of a dial; the later ones hardly move

/** @param {any} props before, after: the features of one query */
export function Dials({t, before, after, position}) {
  const half = before.length / 2;
  return html`
    <p class="note">${t("The first {count} of {half} hands of this query: dashed before, solid after.", {count: Math.min(SHOWN, half), half})}</p>
    <div class="dials">${Array.from({length: Math.min(SHOWN, half)}, (_, i) => {
      const largest = Math.max(1e-9, Math.hypot(before[i], before[i + half]));
      const name = t("features {i} and {j}, turned by {angle}°", {i, j: i + half, angle: degrees(i, half, position)});
      return html`
        <figure role="img" aria-label=${name} title=${name}>
          <svg width=${SIZE} height=${SIZE} viewBox="-1.1 -1.1 2.2 2.2" aria-hidden="true">
            <circle r="1" vector-effect="non-scaling-stroke" />
            <path class="before" vector-effect="non-scaling-stroke" d=${hand(before[i] / largest, before[i + half] / largest)} />
            <path class="after" vector-effect="non-scaling-stroke" d=${hand(after[i] / largest, after[i + half] / largest)} />
          </svg>
          <figcaption>${i}, ${i + half}<br />${degrees(i, half, position)}°</figcaption>
        </figure>`;
    })}</div>`;
}

/** Upwards is positive, as on paper. */
const hand = (x, y) => `M0 0L${x.toFixed(4)} ${(-y).toFixed(4)}`;

const degrees = (i, half, position) => Number((angle(i, half, position) * 180 / Math.PI).toPrecision(3));
