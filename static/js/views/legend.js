/** What the colours stand for, drawn from the functions that colour the cells. */
import {html} from "htm/preact";
import {css, signedColour, weightColour} from "../colour.js";
import {number} from "../format.js";

const STOPS = 24;
const TICKS = [0, 0.01, 0.1, 0.25, 0.5, 1];

export function WeightLegend({t, theme, largest = 1, hides = false, of = t("The colour follows the square root of the weight.")}) {
  // Along the bar runs the square root of the weight, as in the colours.
  const colours = Array.from({length: STOPS + 1}, (_, i) => css(weightColour((i / STOPS) ** 2, theme)));
  return html`
    <div class="legend of-weights">
      <span class="bar" style=${{background: `linear-gradient(to right, ${colours.join(",")})`}}>
        ${TICKS.filter((weight) => largest === 1 || weight !== 0.01).map((weight) => html`<small style=${{left: `${100 * Math.sqrt(weight)}%`}}>${largest === 1 ? weight : number(weight * largest, 2)}</small>`)}
      </span>
      <span class="masked"><i class="hatch"></i>${t("masked")}</span>
      ${hides && html`<span class="masked"><i class="veil"></i>${t("hidden")}</span>`}
      <small>${of}</small>
    </div>`;
}

export function SignedLegend({t, theme, largest}) {
  const colours = Array.from({length: STOPS + 1}, (_, i) => css(signedColour((2 * i) / STOPS - 1, theme)));
  return html`
    <div class="legend">
      <span class="bar" style=${{background: `linear-gradient(to right, ${colours.join(",")})`}}>
        ${[-1, 0, 1].map((share) => html`
          <small style=${{left: `${50 + 50 * share}%`}}>${number(share * largest, 2)}</small>`)}
      </span>
      <small>${t("Negative, zero, positive.")}</small>
    </div>`;
}
