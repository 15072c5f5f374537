/** What one block costs at n tokens, part by part, and where the attention matrix overtakes the rest. */
import {html} from "htm/preact";
import {axis} from "../chart.js";
import {PARTS, bytes, crossover, flops, scoreBytes, short} from "../cost.js";
import {count, percent} from "../format.js";
import {LineChart} from "./line_chart.js";
import {Slider} from "./slider.js";

const FROM = 16, TO = 262_144, POINTS = 57; // tokens, on a log scale

/** @param {any} props n: tokens, a power of two; sizes: [id, d_model, name][] to choose from */
export function Cost({t, n, size, sizes, on, name = t("What a block costs")}) {
  const [, dModel] = sizes.find(([id]) => id === size), names = partNames(t), across = axis({from: FROM, to: TO, log: true});
  const ns = Array.from({length: POINTS}, (_, i) => across.back(i / (POINTS - 1)));
  const lines = PARTS.map((id) => ({id, name: names[id], points: [...ns.filter((x) => x < n), n, ...ns.filter((x) => x > n)].map((x) => [x, flops(x, dModel)[id]])}));
  const here = flops(n, dModel), twice = flops(2 * n, dModel), even = crossover(dModel);
  return html`
    <div class="cost" role="group" aria-label=${name}>
      <div class="sliders">
        <label class="cost-size"><span>${t("width")}</span><select value=${size} onChange=${(event) => on.size(event.currentTarget.value)}>${sizes.map(([id, d, title]) => html`<option value=${id}>${title}, d = ${count(d)}</option>`)}</select></label>
        <${Slider} ...${{t, label: t("tokens n"), value: Math.log2(n), min: 4, max: 18, show: () => count(n)}} onChange=${(power) => on.n(2 ** power)} />
      </div>
      <${LineChart} name=${t("Arithmetic of a block by number of tokens: the attention matrix overtakes the rest at {n} tokens.", {n: count(even)})} lines=${lines}
        x=${{from: FROM, to: TO, log: true, label: t("tokens n"), show: (x) => short(x)}} y=${{from: flops(FROM, dModel).matrix, to: flops(TO, dModel).matrix * 2, log: true, label: t("flops"), show: (x) => short(x)}}
        at=${n} marks=${[{x: even, label: `6d = ${count(even)}`}]} onPick=${(x) => on.n(2 ** Math.min(18, Math.max(4, Math.round(Math.log2(x)))))} />
      <div class="scroll" tabindex="0" role="region" aria-label=${t("Costs at {n} tokens", {n: count(n)})}>
      <table>
        <caption>${t("Costs at {n} tokens", {n: count(n)})}</caption>
        <thead><tr><td></td><th scope="col">${t("formula")}</th><th scope="col">${t("flops")}</th><th scope="col">${t("share")}</th><th scope="col">${t("at 2n")}</th></tr></thead>
        <tbody>
          ${PARTS.map((id) => html`<tr><th scope="row"><i class=${`part-of of-${id}`}></i>${names[id]}</th><td class="formula">${FORMULAS[id]}</td><td>${short(here[id])}</td><td>${percent(here[id] / here.whole)}</td><td>× ${Number((twice[id] / here[id]).toFixed(2))}</td></tr>`)}
          <tr><th scope="row">${t("whole block")}</th><td></td><td>${short(here.whole)}</td><td>${percent(1)}</td><td>× ${(twice.whole / here.whole).toFixed(2)}</td></tr>
          <tr><th scope="row">${t("scores of one head, if stored")}</th><td class="formula">2n² B</td><td>${bytes(scoreBytes(n))}</td><td></td><td>× ${scoreBytes(2 * n) / scoreBytes(n)}</td></tr>
        </tbody>
      </table></div>
    </div>`;
}

const FORMULAS = {projections: "8nd²", mlp: "16nd²", matrix: "4n²d"};
const partNames = (t) => ({projections: t("Q, K, V and output"), mlp: "MLP", matrix: t("attention matrix")});
