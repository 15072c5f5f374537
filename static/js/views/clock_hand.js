/** A position as the hand of a clock: its sine to the right, its cosine upwards. Without positions there is no hand. */
import {html} from "htm/preact";

const R = 10; // of the face, in units of the picture

/** @param {{sine: number, cosine: number, name: string}} props */
export function ClockHand({sine, cosine, name}) {
  const still = sine === 0 && cosine === 0;
  return html`
    <svg class="clock-hand" viewBox="-12 -12 24 24" role="img" aria-label=${name}>
      <circle class="face" r=${R} />
      ${[[0, -1], [1, 0], [0, 1], [-1, 0]].map(([x, y]) => html`<path class="tick" d=${`M${x * R} ${y * R}L${x * 7.5} ${y * 7.5}`} />`)}
      ${still || html`<path class="hand" d=${`M0 0L${sine * 7} ${-cosine * 7}`} />`}
      <circle class="pin" r="1.6" />
    </svg>`;
}
