/** Gradients by distance: from the last position to each before it, of fresh networks or of trained models on a sentence. */
import {html} from "htm/preact";
import {count, number, perhaps} from "../format.js";
import {alone} from "../measuring.js";
import {Choice, Toggle} from "./choice.js";
import {LogPlot} from "./log_plot.js";
import {Measuring} from "./measuring.js";
import {PlainTable} from "./plain_table.js";
import {Boxes, Sentence, Slider} from "./settings.js";

/**
 * @param {any} props mode: "fresh" | "trained"; options: what can be measured, each with its name and look; series: what has been, with names;
 * settings: positions, seeds, bias, norm, residual, start, dtype, text, of; on: a function for each
 */
export function GradientDistance({t, theme, plotly, large, mode, options, series, settings, measured, on}) {
  const fresh = mode === "fresh", axes = {x: t("positions before the last"), y: t("norm of the gradient"), logY: true};
  return html`
    <div class="measured-figure ${measured.running ? "is-measuring" : ""}" role="group" aria-label=${t("Gradients by distance")}>
      <div class="settings">
        <${Choice} legend=${t("Networks")} value=${mode} onChoose=${on.mode} options=${[["fresh", t("random, before training")], ["trained", t("trained, on your sentence")]]} />
        <${Boxes} legend=${t("Measured")} options=${options} chosen=${settings.of} theme=${theme} onChoose=${on.of} />
        ${fresh ? html`<${Fresh} ...${{t, settings, on}} />` : html`<${Sentence} t=${t} text=${settings.text} onText=${on.text} />
          <${Altered} ...${{t, settings, on}} disabled=${settings.of.every(alone)} />`}
      </div>
      <${Measuring} ...${{t, measured}} />
      <div class="plot-and-table">
        <${LogPlot} ...${{t, plotly, theme, large, axes, series}} least=${fresh && settings.dtype === "float64" ? "10⁻³²³" : "10⁻⁴⁵"} name=${told(t, series)} />
        <${Table} ...${{t, fresh, series}} />
      </div>
      <p class="measured-caption">${fresh ? freshWords(t, settings) : t("Measured: the log-probability of the likeliest token at the last position, differentiated by the embedding of each token before it. A number says by how much it moves at most, in nats, where that embedding moves by 1.")}
        ${!fresh && series.map(({name, asked}) => asked && html` <span>${t("{name}: {token}, {probability}.", {name, token: `“${asked.text.trim() || asked.text}”`, probability: number(asked.probability)})}</span>`)}</p>
      ${series.some(({trained}) => trained === false) && html`<${NoLonger} t=${t} />`}
    </div>`;
}

/** What is said where a trained model has been altered. */
export const NoLonger = ({t}) => html`<p class="untrained" role="status">${t("These are the trained weights in a network that they were not trained for. What it says is no trained model's; the figure shows what the missing part did.")}</p>`;

function Fresh({t, settings, on}) {
  const {bias, positions, seeds, norm, residual, start, dtype, of} = settings, lstm = of.includes("lstm"), transformer = of.includes("transformer");
  return html`
    <${Slider} t=${t} label=${t("Forget bias of the LSTM")} value=${bias} min=${-2} max=${6} said=${(at) => (at > 0 ? `+${at}` : number(at))} disabled=${!lstm} onChange=${on.bias} />
    <${Transformers} ...${{t, norm, residual, disabled: !transformer, on}} />
    <details class="more-settings"><summary>${t("More settings")}</summary>
      <${Slider} t=${t} label=${t("Positions")} value=${positions} min=${16} max=${128} step=${16} onChange=${on.positions} />
      <${Slider} t=${t} label=${t("Seeds")} value=${seeds} min=${1} max=${15} onChange=${on.seeds} />
      <${Choice} legend=${t("Weights of the Transformer begin as in")} value=${start} onChoose=${on.start} options=${[["torch", "torch"], ["gpt-2", "GPT-2"]]} />
      <${Choice} legend=${t("Computed in")} value=${dtype} onChoose=${on.dtype} options=${[["float64", "float64"], ["float32", "float32"]]} />
    </details>`;
}

const Transformers = ({t, norm, residual, disabled, on}) => html`
  <fieldset class="of-transformer" disabled=${disabled}>
    <${Choice} legend=${t("Norm in the Transformer")} value=${norm} onChoose=${on.norm} options=${norms(t)} />
    <${Toggle} text=${t("residual connection")} on=${residual} onToggle=${on.residual} />
  </fieldset>`;

export const norms = (t) => [["pre", t("before each sublayer")], ["post", t("after each sum")], ["none", t("none")]];

/** What may be taken from a trained model. */
export const Altered = ({t, settings: {trainedNorm, trainedResidual}, disabled = false, on}) => html`
  <fieldset class="of-transformer" disabled=${disabled}>
    <${Choice} legend=${t("Norm")} value=${trainedNorm} onChoose=${on.trainedNorm} options=${[["trained", t("as trained")], ["post", t("after each sum")], ["none", t("none")]]} />
    <${Toggle} text=${t("residual connection")} on=${trainedResidual} onToggle=${on.trainedResidual} />
  </fieldset>`;

const NEAR = [0, 1, 2, 4, 8, 16, 32, 63, 64, 127];

function Table({t, fresh, series}) {
  const last = Math.max(0, ...series.map(({x}) => x.at(-1))), every = [...new Set(series.flatMap(({x}) => x))].sort((a, b) => a - b);
  const shown = fresh ? every.filter((x) => NEAR.includes(x) || x === last) : every;
  const cell = (one, x) => { const at = one.x.indexOf(x); return at < 0 ? null : one.y[at]; };
  const rows = shown.map((x) => ({name: fresh ? x : withToken(x, series), cells: series.map((one) => cell(one, x))}));
  const far = (one) => (one.x.includes(1) ? one.y.at(-1) / one.y[one.x.indexOf(1)] : null);
  rows.push({name: t("farthest : 1"), cells: series.map(far)});
  const aside = series.filter(({aside}) => aside?.length);
  return html`
    <div><${PlainTable} t=${t} caption=${fresh ? t("Median norm of the gradient by distance") : t("Norm of the gradient by distance")} corner=${t("distance")} columns=${series.map(({name}) => name)} rows=${rows} />
      ${aside.map((one) => html`<${PlainTable} t=${t} caption=${t("{name}: the source, which has no distance", one)} corner=${t("token")} columns=${[t("gradient")]} rows=${one.aside.map(({text, gradient}) => ({name: html`<bdi>${text}</bdi>`, cells: [gradient]}))} />`)}</div>`;
}

/** A distance, with the tokens that stand there. */
function withToken(x, series) {
  const texts = new Set(series.filter((one) => one.texts && one.x.includes(x)).map((one) => one.texts[one.x.indexOf(x)].trim()));
  return html`${number(x)} <small><bdi>${[...texts].join(" / ")}</bdi></small>`;
}

function freshWords(t, {positions, seeds, start, dtype}) {
  return t("Measured: {positions} random vectors of 32 numbers go in; of the last output one random direction is differentiated by the input at each position. One layer of RNN or LSTM, two blocks of Transformer, causal. Weights as {start} begins, in {dtype}; a line is the median of {seeds} seeds, the band goes from the least to the greatest.", {
    positions: count(positions), seeds: count(seeds), start: start === "torch" ? "torch" : "GPT-2", dtype,
  });
}

function told(t, series) {
  const ends = series.map(({name, y}) => t("{name}: from {first} at the last position to {last} at the farthest", {name, first: perhaps(y[0]), last: perhaps(y.at(-1))}));
  return `${t("Norm of the gradient by distance, logarithmic.")} ${ends.join("; ")}`;
}
