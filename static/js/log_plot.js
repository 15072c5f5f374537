/** Lines on a logarithmic axis, as plotly takes them: each with a colour, a dash and a marker of its own. */
import {PALETTES} from "./colour.js";
import {headColour} from "./head_colours.js";

const DASHES = ["solid", "dash", "dot", "dashdot", "6px,2px", "longdashdot", "2px,5px"];
export const SYMBOLS = ["circle", "square", "diamond", "triangle-up", "x", "cross", "pentagon"];
const MARKED = 12; // markers that a line has, about

/**
 * @param {{series: any[], axes: {x: string, y: string, logX?: boolean, logY?: boolean}, theme: string, width: number, height: number, large?: boolean}} given
 * series: {look, name, x, y, low, high, texts}; look: its place in the palette, which it keeps when others come and go
 * @returns {{data: any[], layout: any, zeros: {name: string, count: number}[], blanks: any[]}} zeros: what a logarithmic axis has no place for; blanks: what there is no number of
 */
export function plotOf({series, axes, theme, width, height, large = false}) {
  const drawable = (y) => y.map((value) => (axes.logY && !(value > 0) ? null : value));
  const data = series.flatMap((one) => [...band(one, drawable, theme), line(one, drawable, theme, large)]);
  const blanks = series.map(({name, y}) => ({name, count: y.filter((value) => value === null).length})).filter(({count}) => count);
  const zeros = axes.logY ? series.map(({name, y}) => ({name, count: y.filter((value) => value === 0).length})).filter(({count}) => count) : [];
  return {data, layout: layout({series, axes, theme, width, height, large}), zeros, blanks};
}

function line({look, name, x, y, texts}, drawable, theme, large) {
  const colour = headColour(look, theme), size = large ? 11 : 7;
  return {
    type: "scatter", mode: "lines+markers", name, x, y: drawable(y), text: texts, hovertemplate: `${texts ? "%{text}<br>" : ""}%{x}: %{y:.4~g}<extra>${name}</extra>`,
    line: {color: colour, width: large ? 3.5 : 2, dash: DASHES[look % DASHES.length]},
    marker: {color: colour, size, symbol: SYMBOLS[look % SYMBOLS.length], maxdisplayed: x.length > 2 * MARKED ? MARKED : 0},
  };
}

/** From the least to the greatest of the seeds. */
function band({look, x, y, low, high}, drawable, theme) {
  if (!low || low.every((value, i) => value === y[i] && high[i] === y[i])) return [];
  const edge = {type: "scatter", mode: "lines", x, line: {width: 0}, hoverinfo: "skip", showlegend: false};
  return [{...edge, y: drawable(low)}, {...edge, y: drawable(high), fill: "tonexty", fillcolor: faint(headColour(look, theme))}];
}

const faint = (hex) => `rgba(${[1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)).join(",")},0.13)`;

const MINUS = "−", TICKS = 8;

/** Where a logarithmic axis of these numbers is marked: powers of ten, a few; of a short one 2 and 5 times them as well. */
export function logTicks(numbers) {
  const logs = numbers.filter((x) => x > 0).map(Math.log10);
  if (!logs.length) return {};
  const first = Math.floor(Math.min(...logs)), last = Math.ceil(Math.max(...logs)), step = Math.ceil((last - first) / TICKS);
  const powers = Array.from({length: last - first + 1}, (_, i) => first + i).filter((power) => power % Math.max(1, step) === 0);
  const times = Math.max(...logs) - Math.min(...logs) < 1.7 ? [1, 2, 5] : [1];
  const ticks = powers.flatMap((power) => times.map((n) => ({value: Number(`${n}e${power}`), text: written(n, power)})));
  return {tickvals: ticks.map(({value}) => value), ticktext: ticks.map(({text}) => text)};
}

/** n times a power of ten. */
function written(n, power) {
  if (power >= -3 && power <= 3) return String(Number(`${n}e${power}`));
  const raised = `10<sup>${String(power).replace("-", MINUS)}</sup>`;
  return n === 1 ? raised : `${n}·${raised}`;
}

function layout({series, axes, theme, width, height, large}) {
  const {ink, soft, hairline} = PALETTES[theme], size = large ? 22 : 12, xs = series.flatMap(({x}) => x), ys = series.flatMap(({y}) => y);
  const axis = (title) => ({
    title: {text: title, font: {size, color: soft}, standoff: large ? 14 : 6}, fixedrange: true, gridcolor: hairline, linecolor: soft, zeroline: false,
    tickfont: {size, color: ink}, automargin: true, nticks: width < 420 ? 6 : 9,
  });
  const whole = Math.max(...xs) - Math.min(...xs) <= 10 ? {dtick: 1} : {};
  const across = axes.logX ? {type: "log", tickvals: xs, ticktext: xs.map(String)} : {type: "linear", ...whole};
  return {
    width, height, paper_bgcolor: "transparent", plot_bgcolor: "transparent", showlegend: false, dragmode: false, hovermode: "closest",
    margin: {l: large ? 80 : 54, r: 12, t: 10, b: large ? 64 : 40},
    font: {family: "system-ui, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif"},
    xaxis: {...axis(axes.x), ...across}, yaxis: {...axis(axes.y), ...(axes.logY ? {type: "log", ...logTicks(ys)} : {type: "linear"})},
  };
}
