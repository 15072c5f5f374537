/** Gradients by depth, and beside them the second gauge: how unlike the tokens still are after each block. */
import {html} from "htm/preact";
import {count, perhaps} from "../format.js";
import {Choice, Toggle} from "./choice.js";
import {Altered, NoLonger} from "./gradient_distance.js";
import {LogPlot} from "./log_plot.js";
import {Measuring} from "./measuring.js";
import {PlainTable} from "./plain_table.js";
import {Boxes, Sentence, Slider} from "./settings.js";

/** @param {any} props as of gradient_distance.js; series: each with its two gauges, `gradient` and `diversity`; settings: blocks, seeds, start, dtype, text, of */
export function GradientDepth({t, theme, plotly, large, mode, options, series, settings, measured, on}) {
  const fresh = mode === "fresh", least = fresh && settings.dtype === "float64" ? "10⁻³²³" : "10⁻⁴⁵", gauges = [
    ["gradient", t("Does a gradient arrive?"), {x: t("block"), y: t("gradient, by that of the last block"), logY: true}],
    ["diversity", t("Are the tokens still different?"), {x: t("after block"), y: t("1 − mean cosine"), logY: true}],
  ];
  return html`
    <div class="measured-figure ${measured.running ? "is-measuring" : ""}" role="group" aria-label=${t("Gradients by depth")}>
      <div class="settings">
        <${Choice} legend=${t("Networks")} value=${mode} onChoose=${on.mode} options=${[["fresh", t("random, before training")], ["trained", t("trained, on your sentence")]]} />
        <${Boxes} legend=${t("Measured")} options=${options} chosen=${settings.of} theme=${theme} onChoose=${on.of} />
        ${fresh ? html`<${Fresh} ...${{t, settings, on}} />` : html`<${Sentence} t=${t} text=${settings.text} onText=${on.text} /><${Altered} ...${{t, settings, on}} />`}
      </div>
      <${Measuring} ...${{t, measured}} />
      <div class="gauges">${gauges.map(([gauge, title, axes]) => {
        const lines = series.map((one) => ({...one[gauge], name: one.name, look: one.look}));
        return html`<section key=${gauge}><h3>${title}</h3><${LogPlot} ...${{t, plotly, theme, large, axes, least}} series=${lines} name=${told(t, title, lines)} height=${280} /></section>`;
      })}</div>
      <${Summary} ...${{t, series, fresh}} />
      <details class="every-block"><summary>${t("Block by block")}</summary>
        <div class="gauges">${gauges.map(([gauge, title, {x}]) => html`
          <${PlainTable} key=${gauge} t=${t} caption=${title} corner=${x} columns=${series.map(({name}) => name)} rows=${byBlock(series.map((one) => one[gauge]))} />`)}</div></details>
      <p class="measured-caption">${fresh ? freshWords(t, settings) : t("Measured: the log-probability of the likeliest token at the last position, differentiated by what each block reads, at all positions together; and the residual stream before the first block and after each.")}</p>
      ${series.some(({trained}) => trained === false) && html`<${NoLonger} t=${t} />`}
    </div>`;
}

const Fresh = ({t, settings: {blocks, seeds, start, dtype}, on}) => html`
  <${Slider} t=${t} label=${t("Blocks")} value=${blocks} min=${2} max=${24} onChange=${on.blocks} />
  <${Toggle} text=${t("computed in float32")} on=${dtype === "float32"} onToggle=${(single) => on.dtype(single ? "float32" : "float64")} />
  <details class="more-settings"><summary>${t("More settings")}</summary>
    <${Slider} t=${t} label=${t("Seeds")} value=${seeds} min=${1} max=${10} onChange=${on.seeds} />
    <${Choice} legend=${t("Weights begin as in")} value=${start} onChoose=${on.start} options=${[["torch", "torch"], ["gpt-2", "GPT-2"]]} />
  </details>`;

function Summary({t, series, fresh}) {
  const columns = [t("gradient at block 1"), t("by that of the last block"), t("1 − mean cosine at the end"), t("mean cosine at the end"), ...(fresh ? [t("gradient of the last MLP matrix")] : [])];
  const rows = series.map(({name, norms, gradient, diversity, matrix}) => {
    const end = diversity.y.at(-1);
    return {name, cells: [norms[0], gradient.y[0], end, end === null ? null : 1 - end, ...(fresh ? [matrix] : [])]};
  });
  return html`<${PlainTable} t=${t} caption=${t("Both gauges in numbers")} corner=${t("network")} columns=${columns} rows=${rows} />`;
}

function byBlock(lines) {
  const every = [...new Set(lines.flatMap(({x}) => x))].sort((a, b) => a - b);
  return every.map((x) => ({name: x, cells: lines.map((line) => line.y[line.x.indexOf(x)] ?? null)}));
}

function freshWords(t, {blocks, seeds, start, dtype}) {
  return t("Measured: 16 random vectors of 64 numbers go through {blocks} causal blocks; one random direction of all outputs together is differentiated by what each block reads. Weights as {start} begins, in {dtype}; a line is the median of {seeds} seeds, the band goes from the least to the greatest. 1 − mean cosine: over all pairs of positions; 0 means that every token has become the same.", {
    blocks: count(blocks), seeds: count(seeds), start: start === "torch" ? "torch" : "GPT-2", dtype,
  });
}

const told = (t, title, lines) => `${title} ${lines.map(({name, y}) => t("{name}: {first} at the first, {last} at the last", {name, first: perhaps(y[0]), last: perhaps(y.at(-1))})).join("; ")}`;
