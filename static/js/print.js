/** The matrices of a view as plotly draws them on paper: every label, every cell large enough to be read. */
import {plotlyScale, signedColour, weightColour} from "./colour.js";
import {ems} from "./labels.js";

const CELL = 34, FEATURE = 24, SMALL = 14, EM = 13, MARGIN = 40; // pixels
const FEATURES = new Set(["qkv", "features"]); // views whose columns are features: many, and read by colour alone
const MANY = 128; // rows or columns: from here on the cells are small, with no numbers in them

/**
 * @param {{name: string, rows: string[], columns: string[], row: (i: number) => (number|null)[]}[]} matrices one below the other
 * @param {string} view of which they are: "weights" and "values" are coloured from zero on, other numbers by their sign
 * @param {{title: string, rowAxis: string, columnAxis: string, font: string}} words
 * @returns {any} plotly's data and layout, with the picture's width and height
 */
export function printed(matrices, view, {title, rowAxis, columnAxis, font}) {
  const large = Math.max(...matrices.flatMap(({rows, columns}) => [rows.length, columns.length])) <= MANY, features = FEATURES.has(view);
  const high = large ? CELL : SMALL, wide = features && large ? FEATURE : high, size = large ? 12 : 10, most = Math.max(...matrices.map(({columns}) => columns.length));
  const room = (labels) => MARGIN + EM * Math.max(...labels.map(ems)), above = room(matrices.flatMap(({columns}) => columns)) + MARGIN;
  const margin = {l: room(matrices.flatMap(({rows}) => rows)) + MARGIN / 2, t: MARGIN, r: MARGIN, b: MARGIN};
  const inner = {width: wide * most, height: matrices.reduce((sum, {rows}) => sum + above + high * rows.length, 0)};
  const width = margin.l + margin.r + inner.width, height = margin.t + margin.b + inner.height;
  const layout = {width, height, margin, font: {family: font, color: "#1b1c1e"}, paper_bgcolor: "#ffffff", plot_bgcolor: "#d9d6cf",
    title: {text: escaped(title), x: 0.01, xanchor: "left", y: 0.995, yanchor: "top", font: {size: 13}}, annotations: []};
  let top = 0; // of the matrix, from that of all
  const data = matrices.map(({name, rows, columns, row}, i) => {
    const number = i ? i + 1 : "", share = (pixels) => 1 - pixels / inner.height;
    const domain = [share(top + above + high * rows.length), share(top + above)];
    layout[`xaxis${number}`] = {...axis(columns, size), side: "top", tickangle: -90, anchor: `y${number}`, domain: [0, columns.length / most], title: {text: escaped(columnAxis)}};
    layout[`yaxis${number}`] = {...axis(rows, size), autorange: "reversed", domain, anchor: `x${number}`, title: {text: escaped(view === "qkv" ? name.toUpperCase() : features ? name : rowAxis)}};
    top += above + high * rows.length;
    return {...heatmap(rows.map((_, at) => row(at)), view, large && !features), xaxis: `x${number}`, yaxis: `y${number}`};
  });
  return {data, layout};
}

function heatmap(z, view, numbered) {
  const weights = view === "weights", signed = view !== "weights" && view !== "values";
  const largest = weights ? 1 : z.reduce((most, row) => row.reduce((found, x) => Math.max(found, Math.abs(x ?? 0)), most), 1e-9);
  return {type: "heatmap", z, showscale: false, zmin: signed ? -largest : 0, zmax: largest,
    colorscale: signed ? plotlyScale((x) => signedColour(x, "light"), -1) : plotlyScale((x) => weightColour(x, "light"), 0),
    ...(numbered && {text: z.map((row) => row.map((x) => (x === null ? "" : x.toFixed(signed ? 1 : 2)))), texttemplate: "%{text}", textfont: {size: 11}})};
}

const axis = (labels, size) => ({tickmode: "array", tickfont: {size}, tickvals: labels.map((_, i) => i), ticktext: labels.map(escaped), showgrid: false, zeroline: false, ticks: ""});
const escaped = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;"); // plotly knows no code of a quotation mark
