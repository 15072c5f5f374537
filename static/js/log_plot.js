/** Lines on a logarithmic axis, as plotly takes them: each with a colour, a dash and a marker of its own. */
import {PALETTES} from "./colour.js";
import {headColour} from "./head_colours.js";

const DASHES = ["solid", "dash", "dot", "dashdot", "6px,2px", "longdashdot"];
export const SYMBOLS = ["circle", "square", "diamond", "triangle-up", "x", "cross"];
const MARKED = 12; // markers that a line has, about

/**
 * @param {{series: any[], axes: {x: string, y: string, logX?: boolean, logY?: boolean}, theme: string, width: number, height: number, large?: boolean}} given
 * series: {look, name, x, y, low, high, texts}; look: its place in the palette, which it keeps when others come and go
 * @returns {{data: any[], layout: any, zeros: {name: string, count: number}[]}} zeros: what a logarithmic axis has no place for
 */
export function plotOf({series, axes, theme, width, height, large = false}) {
  const drawable = (y) => y.map((value) => (axes.logY && !(value > 0) ? null : value));
  const data = series.flatMap((one) => [...band(one, drawable, theme), line(one, drawable, theme, large)]);
  const zeros = axes.logY ? series.map(({name, y}) => ({name, count: y.filter((value) => value === 0).length})).filter(({count}) => count) : [];
  return {data, layout: layout({series, axes, theme, width, height, large}), zeros};
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

/** Of numbers: how far apart they are; of those on a logarithmic axis: how many powers of ten. */
const spanOf = (numbers) => Math.max(...numbers) - Math.min(...numbers);
const decades = (numbers) => spanOf(numbers.filter((x) => x > 0).map(Math.log10));

function layout({series, axes, theme, width, height, large}) {
  const {ink, soft, hairline} = PALETTES[theme], size = large ? 22 : 12;
  const across = spanOf(series.flatMap(({x}) => x)), up = (axes.logY ? decades : spanOf)(series.flatMap(({y}) => y));
  const axis = (title, log, spread, whole = false) => ({
    title: {text: title, font: {size, color: soft}, standoff: large ? 14 : 6}, type: log ? "log" : "linear", exponentformat: "power", fixedrange: true,
    gridcolor: hairline, linecolor: soft, zeroline: false, tickfont: {size, color: ink}, automargin: true,
    ...(log && spread >= 1 && spread < 4 && {dtick: spread < 2 ? "D2" : 1}), ...(!log && whole && spread <= 10 && {dtick: 1}), nticks: width < 420 ? 6 : 9,
  });
  return {
    width, height, paper_bgcolor: "transparent", plot_bgcolor: "transparent", showlegend: false, dragmode: false, hovermode: "closest",
    margin: {l: large ? 80 : 54, r: 12, t: 10, b: large ? 64 : 40},
    font: {family: "system-ui, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif"},
    xaxis: {...axis(axes.x, axes.logX, across, true), ...(axes.logX && {tickvals: axes.ticks, ticktext: axes.ticks?.map(String)})}, yaxis: axis(axes.y, axes.logY, up),
  };
}
