/** What a word far back still does to the prediction after the last token: another is put in its place. */
import {html} from "htm/preact";
import {MODELS, MODEL_NAMES, farLines} from "../beside.js";
import {span} from "../chart.js";
import {number, percent} from "../format.js";
import {special} from "../labels.js";
import {Toggle} from "./choice.js";
import {LineChart} from "./line_chart.js";
import {Token} from "./token.js";
import {TokenRow} from "./token_row.js";

const TOP = 3, FLOOR = 1e-9; // nats: smaller changes are drawn there

/** @param {any} props far: as POST /api/beside/far has it */
export function FarWord({t, far: {tokens, distance, put, models}, log, stale, on, name = t("What a word far back does")}) {
  const last = tokens.length - 1, place = last - distance, lines = farLines(models).map((line) => ({...line, name: MODEL_NAMES[line.id]}));
  const drawn = log ? lines.map((line) => ({...line, points: line.points.map(([x, y]) => [x, Math.max(FLOOR, y)])})) : lines, all = drawn.flatMap(({points}) => points);
  const reach = (to) => on.distance(Math.min(last - 1, Math.max(1, last - to)));
  const change = (id) => models[id].curve.find((one) => one.distance === distance).mean;
  return html`
    <div class="far-word ${stale ? "stale" : ""}" role="group" aria-label=${name}>
      <${TokenRow} t=${t} title=${t("Swapped")} tokens=${tokens} query=${null} key_=${place} pick=${t("swap")} onPick=${reach} />
      <div class="sliders"><${Toggle} text=${t("logarithmic")} on=${log} onToggle=${on.log} /></div>
      <${LineChart} name=${t("Change of the prediction by distance of the swapped word, of three models.")} lines=${drawn} at=${distance} onPick=${(x) => reach(last - Math.round(x))}
        x=${{from: 0, to: last, label: t("distance from the last token"), show: (x) => String(x)}}
        y=${{...span(all.map(([, y]) => y), {log, zero: true}), log, label: t("change, nats (KL)"), show: (y) => number(y, 1)}} />
      <div class="scroll" tabindex="0" role="region" aria-label=${t("Predictions before and after")}>
      <table>
        <caption>${t("Distance {distance}:", {distance})} <${Token} token=${tokens[place]} /> → <${Token} token=${{text: put[0].text, start: 0, part: null}} /></caption>
        <thead><tr><td></td><th scope="col">${t("before")}</th><th scope="col">${t("after")}</th><th scope="col">${t("mean change, nats")}</th></tr></thead>
        <tbody>${MODELS.map((id) => html`
          <tr><th scope="row"><i class=${`part-of of-${id}`}></i>${MODEL_NAMES[id]}</th><td><${Listed} entries=${models[id].before} /></td><td><${Listed} entries=${models[id].after} /></td><td>${number(change(id), 3)}</td></tr>`)}</tbody>
      </table></div>
      <p class="note">${t("Each word in turn is replaced by {count} others ({words}); the change is the mean of their Kullback-Leibler divergences.", {count: put.length, words: put.map(({text}) => `“${text.trim()}”`).join(" ")})}</p>
    </div>`;
}

const Listed = ({entries}) => entries.slice(0, TOP).map((one, i) => html`${i > 0 && " "}<span class="listed"><${Token} token=${{text: one.text, start: special(one) ? null : 0, part: null}} /> <small>${percent(one.probability)}</small></span>`);
