/** The figures that measure, on lines that need no measuring: powers of simple numbers. */
import {html} from "htm/preact";
import {useState} from "preact/hooks";
import {GradientDepth} from "../views/gradient_depth.js";
import {GradientDistance} from "../views/gradient_distance.js";
import {SaturationFigure} from "../views/saturation.js";
import {Specimen} from "./specimen.js";

export function Measured({given}) {
  const {t} = given;
  return html`
    <${Specimen} given=${given} View=${Distance} title=${t("By distance, one of the lines at 0 from half way on")} wide=${true} />
    <${Specimen} given=${given} View=${Distance} title=${t("While it is being measured")} running=${true} />
    <${Specimen} given=${given} View=${Depth} title=${t("Two gauges side by side")} wide=${true} />
    <${Specimen} given=${given} View=${Saturation} title=${t("A logarithmic axis in both directions")} wide=${true} />`;
}

const powers = (base, n) => Array.from({length: n}, (_, i) => base ** i), count = (n) => Array.from({length: n}, (_, i) => i);
const line = (name, look, x, y) => ({name, look, x, y});
const REST = {running: false, stopped: false, done: 0, of: 0, problem: "", stop: () => {}, again: () => {}};

/** Settings that can be set, and change nothing but themselves. */
function useSettings(begun) {
  const [settings, set] = useState(begun);
  return {settings, on: new Proxy({}, {get: (_, name) => (value) => set((now) => ({...now, [name]: value}))})};
}

function Distance({t, theme, plotly, running = false}) {
  const {settings, on} = useSettings({mode: "fresh", of: ["half", "ninth"], positions: 32, seeds: 1, bias: 0, norm: "pre", residual: true, start: "torch", dtype: "float32"});
  const n = settings.positions, half = powers(0.5, n), options = [{id: "half", name: "0.5ⁿ", look: 0}, {id: "ninth", name: "0.9ⁿ", look: 1}];
  const series = [line("0.5ⁿ", 0, count(n), half.map((y, i) => (i < n / 2 ? y : 0))), line("0.9ⁿ", 1, count(n), powers(0.9, n))].filter((_, i) => settings.of.includes(options[i].id));
  return html`<${GradientDistance} ...${{t, theme, plotly, options, series, settings, on}} large=${false} mode="fresh" measured=${running ? {...REST, running, done: 3, of: 10} : REST} />`;
}

function Depth({t, theme, plotly}) {
  const {settings, on} = useSettings({mode: "fresh", of: ["up", "down"], blocks: 12, seeds: 1, start: "torch", dtype: "float64"}), n = settings.blocks;
  const options = [{id: "up", name: "0.9ⁿ", look: 0}, {id: "down", name: "0.1ⁿ", look: 4}];
  const of = (base) => ({gradient: {x: count(n).map((i) => i + 1), y: powers(base, n).reverse()}, diversity: {x: count(n + 1), y: powers(base, n + 1)}, norms: powers(base, n).reverse(), matrix: 1});
  const series = [{...of(0.9), ...options[0]}, {...of(0.1), ...options[1]}].filter(({id}) => settings.of.includes(id));
  return html`<${GradientDepth} ...${{t, theme, plotly, options, series, settings, on}} large=${false} mode="fresh" measured=${REST} />`;
}

function Saturation({t, theme, plotly}) {
  const {settings, on} = useSettings({mode: "fresh", of: [], measure: "std", dHead: 16, keys: 4}), sizes = powers(2, 10).slice(1);
  const numbers = (scale) => ({std: scale, largest: 1 - 0.75 / scale, entropy: 2 / scale, jacobian: 0.3 / scale});
  const rows = sizes.map((d) => ({d_head: d, scaled: numbers(1), unscaled: numbers(Math.sqrt(d)), row_scaled: [0.25, 0.25, 0.25, 0.25], row_unscaled: [0.125, 0.625, 0.125, 0.125]}));
  const series = [["scaled", t("divided by √d_head")], ["unscaled", t("not divided")]].map(([which, name], look) => line(name, look, sizes, rows.map((row) => row[which][settings.measure])));
  return html`<${SaturationFigure} ...${{t, theme, plotly, options: [], rows, series, settings, on}} large=${false} mode="fresh" measured=${REST} />`;
}
