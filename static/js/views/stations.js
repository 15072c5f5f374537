/** One row from dot products to weights, a column for each station; the slider says what the products are divided by. */
import {html} from "htm/preact";
import {css, signedColour, weightColour} from "../colour.js";
import {number} from "../format.js";
import {Token} from "./token.js";

/** @param {any} props row: as stations.js has it; choices: what the slider divides by, the model's own at `own`; chosen: its place */
export function Stations({t, theme, query, keys, row, choices, own, chosen, onChoose, name = t("From dot products to weights")}) {
  const divisor = choices[chosen], columns = columnsOf(t, divisor), most = columns.map(({of}) => Math.max(1e-9, ...row.keys.map((key) => Math.abs(of(key)))));
  return html`
    <div class="stations" role="group" aria-label=${name}>
      <${Divisor} ...${{t, choices, own, chosen, onChoose}} />
      <table>
        <caption>${t("Row")} <span class="of-query"><${Token} token=${query} /></span></caption>
        <thead><tr><th scope="col">${t("key")}</th>${columns.map(({title, formula}) => html`<th scope="col"><span>${title}</span> <small>${formula}</small></th>`)}</tr></thead>
        <tbody>${row.keys.map((key, i) => html`
          <tr class=${key.visible ? "" : "is-masked"}>
            <th scope="row" class="of-key"><${Token} token=${keys[i]} /></th>
            ${columns.map(({of, masks, digits}, c) => html`<td class=${masks && !key.visible ? "hatch" : ""}>${!(masks && !key.visible) && html`<${Bar} share=${of(key) / most[c]} signed=${c < SIGNED} colour=${colourOf(of(key) / most[c], c, key, theme)} />`}
              <span>${c === 2 && !key.visible ? "−∞" : shown(of(key), digits)}</span></td>`)}
          </tr>`)}</tbody>
        <tfoot><tr><th scope="row">${t("sum")}</th><td></td><td></td><td></td><td>${shown(row.sum, 4)}</td><td>${shown(row.keys.reduce((sum, {weight}) => sum + weight, 0), 4)}</td></tr></tfoot>
      </table>
      <p class="station-story" role="status">${story(t, {row, keys, divisor, mine: chosen === own})}</p>
    </div>`;
}

const columnsOf = (t, divisor) => [
  {title: t("dot product"), formula: "q · k", of: ({dot}) => dot, digits: 2},
  {title: t("divide"), formula: `÷ ${number(divisor, 3)}`, of: ({scaled}) => scaled, digits: 2},
  {title: t("mask"), formula: t("−∞ if hidden"), of: ({scaled}) => scaled, masks: true, digits: 2},
  {title: t("exponential"), formula: "eˣ", of: ({exp}) => exp, masks: true, digits: 4},
  {title: t("divide by the sum"), formula: "÷ ∑", of: ({weight}) => weight, masks: true, digits: 4},
];

/** Whole numbers as they are; of others the decimals of their column, or four digits where they would be all zeros. */
function shown(x, digits) {
  if (Number.isInteger(x)) return number(x);
  return Math.abs(x) < 10 ** -digits || Math.abs(x) >= 1e4 ? number(x, 4) : x.toFixed(digits).replace("-", "−");
}

const Bar = ({share, signed, colour}) => html`<i class="station-bar ${signed ? "is-signed" : ""} ${share < 0 ? "is-negative" : ""}" style=${{"--share": Math.abs(share), background: colour}} aria-hidden="true"></i>`;

const SIGNED = 3, WEIGHTS = 4; // the columns before the exponential; the last

/** Signed numbers by their sign, weights as weights are coloured everywhere, what lies between them in ink. */
const colourOf = (share, column, {weight}, theme) => (column === WEIGHTS ? css(weightColour(weight, theme)) : column < SIGNED ? css(signedColour(share, theme)) : null);

function Divisor({t, choices, own, chosen, onChoose}) {
  const last = choices.length - 1, at = number(choices[chosen], 3);
  const button = (to, label, sign) => html`<button type="button" aria-label=${label} disabled=${to < 0 || to > last} onClick=${() => onChoose(to)}>${sign}</button>`;
  return html`
    <div class="station-slider">
      <label><span>${t("Divide by")}</span>
        <input type="range" min="0" max=${last} step="1" value=${chosen} aria-valuetext=${at} onInput=${(event) => onChoose(Number(event.target.value))} /></label>
      <span class="stepper">${button(chosen - 1, t("smaller"), "−")}<output>${at}</output>${button(chosen + 1, t("larger"), "+")}</span>
      <button type="button" class="quiet" disabled=${chosen === own} onClick=${() => onChoose(own)}>${t("as the model does")}</button>
    </div>`;
}

function story(t, {row, keys, divisor, mine}) {
  const weights = row.keys.map(({weight}) => weight), most = Math.max(...weights);
  const winners = keys.filter((_, i) => most - weights[i] < 1e-9).map(({text}) => text.trim()).join(", ");
  const bits = -weights.reduce((sum, w) => sum + (w ? w * Math.log2(w) : 0), 0), facts = {divisor: number(divisor, 3), winners, most: most.toFixed(4), bits: bits.toFixed(2)};
  return mine ? t("The model's own: divided by {divisor}. Largest weight {most} ({winners}); entropy {bits} bits.", facts)
    : t("Divided by {divisor}, which this model does not do. Largest weight {most} ({winners}); entropy {bits} bits.", facts);
}
