/** How long each model takes over a text, all at once and step by step: measured on the server's CPU when asked. */
import {html} from "htm/preact";
import {MODEL_NAMES, measured} from "../beside.js";
import {number} from "../format.js";
import {Slider} from "./slider.js";

/** @param {any} props asked: {tokens, rows, repeats}; laps: those that came; about: the first line of the answer, or null; running, problem */
export function Race({t, asked, laps, about, running, problem, on, name = t("A race on this server")}) {
  const ways = measured(laps), unit = ways.find(({model, way}) => model === "transformer" && way === "at once").median;
  const most = Math.max(...ways.map(({median}) => median ?? 0)), all = ways.length * asked.repeats;
  const wayNames = {"at once": t("at once"), "step by step": t("token by token")};
  return html`
    <div class="race" role="group" aria-label=${name}>
      <div class="sliders">
        <${Slider} ...${{t, label: t("tokens"), value: Math.log2(asked.tokens), min: 2, max: 7, show: (x) => String(2 ** x)}} onChange=${(x) => on.ask({tokens: 2 ** x})} />
        <${Slider} ...${{t, label: t("texts side by side"), value: Math.log2(asked.rows), min: 0, max: 4, show: (x) => String(2 ** x)}} onChange=${(x) => on.ask({rows: 2 ** x})} />
        <button type="button" class="primary" aria-disabled=${running} onClick=${() => !running && on.measure()}>${t("Measure now")}</button>
        ${running && html`<button type="button" class="quiet" onClick=${on.stop}>${t("Stop")}</button>`}
      </div>
      <p class="race-told" role="status">${problem || (running ? t("{done} of {all} laps", {done: laps.length, all})
        : about ? t("Measured just now: {device}, threads: {threads}, {rows} × {tokens} tokens, the median of {repeats} rounds. Nothing was stored.", about) : t("Nothing is measured yet."))}</p>
      <div class="scroll" tabindex="0" role="region" aria-label=${t("Times as ratios")}>
      <table>
        <thead><tr><th scope="col">${t("model")}</th><th scope="col">${t("reads")}</th><th scope="col">${t("ratio")}</th><th scope="col">${t("median")}</th><th scope="col" class="bars">${t("time, Transformer at once = 1")}</th></tr></thead>
        <tbody>${ways.map(({model, way, median}) => html`
          <tr><th scope="row">${MODEL_NAMES[model]}</th><td>${wayNames[way]}</td><td>${median && unit ? `× ${number(median / unit, 3)}` : "–"}</td><td>${median ? `${number(1000 * median, 3)} ms` : "–"}</td>
            <td class="bars"><i class=${`race-bar of-${model}`} style=${{"--share": median ? median / most : 0}}></i></td></tr>`)}</tbody>
      </table></div>
    </div>`;
}
