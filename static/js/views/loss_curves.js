/** How the loss of three models of one size fell on the same text; the numbers beside it are of the moment that is read. */
import {html} from "htm/preact";
import {MODEL_NAMES, lossLines, nearestMoment} from "../beside.js";
import {span} from "../chart.js";
import {short} from "../cost.js";
import {count} from "../format.js";
import {Choice, Toggle} from "./choice.js";
import {LineChart} from "./line_chart.js";
import {Slider} from "./slider.js";

/** @param {any} props models, held: as GET /api/beside has them; by: "step" or "tokens"; at: what is read, or null for the end */
export function LossCurves({t, models, held, by, log, at, on, name = t("Loss by training")}) {
  const lines = lossLines(models, by).map((line) => ({...line, name: MODEL_NAMES[line.id]})), all = lines.flatMap(({points}) => points);
  const end = Math.max(...all.map(([x]) => x)), read = at ?? end;
  const moments = models.map((model) => nearestMoment(model.curve.filter(({step}) => step > 0), by, read));
  const show = (x) => (x < 1e4 ? count(Math.round(x)) : short(x));
  const xs = lines[0].points.map(([x]) => x), place = xs.reduce((best, x, i) => (Math.abs(x - read) < Math.abs(xs[best] - read) ? i : best), 0);
  const axisNames = {step: t("training steps"), tokens: t("tokens read")};
  return html`
    <div class="loss-curves" role="group" aria-label=${name}>
      <div class="sliders">
        <${Choice} legend=${t("By")} options=${[["step", t("steps")], ["tokens", t("tokens")]]} value=${by} onChoose=${on.by} />
        <${Toggle} text=${t("logarithmic")} on=${log} onToggle=${on.log} />
        <${Slider} t=${t} label=${axisNames[by]} value=${place} min=${0} max=${xs.length - 1} show=${(i) => show(xs[i])} onChange=${(i) => on.at(xs[i])} />
      </div>
      <${LineChart} name=${t("Loss on text that was not trained on, of three models, by {axis}.", {axis: axisNames[by]})} lines=${lines} at=${read} onPick=${on.at}
        x=${{...span(all.map(([x]) => x), {log, zero: true}), log, label: axisNames[by], show}} y=${{...span(all.map(([, y]) => y)), label: t("loss, nats a token"), show: (y) => String(y)}} />
      <div class="scroll" tabindex="0" role="region" aria-label=${t("Loss at {x}", {x: show(read)})}>
      <table>
        <caption>${at === null ? t("At the end of training") : t("Nearest to {x}", {x: show(read)})}</caption>
        <thead><tr><td></td><th scope="col">${t("parameters")}</th><th scope="col">${t("steps")}</th><th scope="col">${t("tokens read")}</th><th scope="col">${t("CPU time of a step")}</th><th scope="col">${t("loss in training")}</th><th scope="col">${t("loss on other text")}</th></tr></thead>
        <tbody>${models.map((model, i) => html`
          <tr><th scope="row"><i class=${`part-of of-${model.name}`}></i>${MODEL_NAMES[model.name]}</th><td>${count(model.parameters)}</td><td>${count(moments[i].step)}</td><td>${count(moments[i].tokens)}</td>
            <td>${model.cpu_ms} ms</td><td>${moments[i].train?.toFixed(3) ?? "–"}</td><td>${moments[i].valid.toFixed(3)}</td></tr>`)}</tbody>
      </table></div>
      <p class="note">${t("Measured on the same {count} held-out tokens each time; nothing is smoothed. Loss in training is the mean since the moment before.", {count: count(held)})}</p>
    </div>`;
}
