/** What can be taken away: a matrix as CSV, a picture for print, and the Python that makes the same run. */
import {scoreRow} from "./attention.js";
import {plotlyScale, signedColour, weightColour} from "./colour.js";
import {label} from "./labels.js";

const CELL = 34, LABEL = 9, MARGIN = 40; // pixels: of a cell, of a character of a label, around

/** What a view shows: {name, rows, columns: labels, z: rows of numbers, null where the mask hides a cell}. */
export function matricesOf(trace, site, head, view) {
  const one = trace.head(site, head), labels = (axis) => trace.along(site, axis).map((token, i) => `${i}: ${label(token)}`);
  if (view === "qkv") {
    const features = Array.from({length: one.dHead}, (_, i) => String(i));
    const matrix = (name, axis, count) => ({name, rows: labels(axis), columns: features,
      z: Array.from({length: count}, (_, i) => Array.from(one[name](i)))});
    return [matrix("q", "query", one.nQuery), matrix("k", "key", one.nKey), matrix("v", "key", one.nKey)];
  }
  const pattern = trace.pattern(site, head);
  const row = (query) => (view === "scores" ? scoreRow(one, query) : pattern.subarray(query * one.nKey, (query + 1) * one.nKey));
  return [{name: view === "scores" ? "scores" : "pattern", rows: labels("query"), columns: labels("key"),
    z: Array.from({length: one.nQuery}, (_, query) => Array.from(row(query), (x, key) => (one.visible(query, key) ? x : null)))}];
}

/** One block a matrix, its name in the corner; a hidden cell is empty. A label begins with its index, so no program takes it for a formula. */
export function csv(matrices) {
  const line = (fields) => fields.map(quoted).join(",");
  return matrices.map(({name, rows, columns, z}) => [
    line([name, ...columns]), ...rows.map((row, i) => line([row, ...z[i].map((x) => (x === null ? "" : String(x)))])),
  ].join("\r\n")).join("\r\n\r\n") + "\r\n";
}

const quoted = (text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** The first matrix of a view as plotly draws it on paper: every label, every cell large enough to be read. */
export function printed({rows, columns, z}, view, {title, rowAxis, columnAxis, font}) {
  const weights = view === "weights", largest = Math.max(1e-9, ...z.flat().filter((x) => x !== null).map(Math.abs));
  const room = (labels) => MARGIN + LABEL * Math.max(...labels.map((text) => Array.from(text).length));
  const margin = {l: room(rows), t: room(columns) + MARGIN, r: MARGIN, b: MARGIN};
  const wide = view === "qkv" ? CELL * 0.7 : CELL, escaped = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;");
  const axis = (labels) => ({tickmode: "array", tickvals: labels.map((_, i) => i), ticktext: labels.map(escaped), showgrid: false, zeroline: false, ticks: ""});
  return {
    data: [{type: "heatmap", z, showscale: false, colorscale: weights ? plotlyScale((x) => weightColour(x, "light"), 0) : plotlyScale((x) => signedColour(x, "light"), -1),
      zmin: weights ? 0 : -largest, zmax: weights ? 1 : largest,
      ...(view !== "qkv" && {text: z.map((row) => row.map((x) => (x === null ? "" : x.toFixed(weights ? 2 : 1)))), texttemplate: "%{text}", textfont: {size: 11}})}],
    layout: {
      width: margin.l + margin.r + wide * columns.length, height: margin.t + margin.b + CELL * rows.length, margin, font: {family: font, color: "#1b1c1e"},
      paper_bgcolor: "#ffffff", plot_bgcolor: "#d9d6cf", title: {text: escaped(title), x: 0.01, xanchor: "left", y: 0.99, yanchor: "top", font: {size: 13}},
      xaxis: {...axis(columns), side: "top", tickangle: -90, title: {text: escaped(columnAxis)}},
      yaxis: {...axis(rows), autorange: "reversed", title: {text: escaped(rowAxis)}},
    },
  };
}

/** What makes the same run and takes out this head's pattern. */
export function python(request, origin, site, head) {
  const asked = {...request, names: [`${site.name}.pattern`], heads: [head]};
  return [
    "import json, urllib.request",
    "from safetensors.torch import load  # pip install safetensors torch",
    "",
    `request = ${literal(asked)}`,
    `call = urllib.request.Request(${JSON.stringify(`${origin}/api/trace`)}, json.dumps(request).encode(), {"Content-Type": "application/json"})`,
    "tensors = load(urllib.request.urlopen(call).read())",
    `pattern = tensors[${JSON.stringify(`${site.name}.pattern`)}][0]  # [query, key]`,
    "print(pattern)",
    "",
  ].join("\n");
}

/** What takes this head's pattern out of the visitor's own file. */
export function pythonOfFile({name, entry, batched}, site, head) {
  const place = [site.layer, ...(batched ? [0] : []), head].join(", "), npz = name.endsWith(".npz");
  return [
    npz ? "import numpy" : "from safetensors.torch import load_file  # pip install safetensors torch",
    "",
    `file = ${npz ? "numpy.load" : "load_file"}(${JSON.stringify(name)})`,
    `pattern = file[${JSON.stringify(entry)}][${place}]  # [query, key]`,
    "print(pattern)",
    "",
  ].join("\n");
}

/** A JSON value as Python writes it. */
function literal(value) {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (typeof value === "object") return `{${Object.entries(value).map(([name, x]) => `${JSON.stringify(name)}: ${literal(x)}`).join(", ")}}`;
  return JSON.stringify(value);
}

export const fileName = (trace, site, head, view, kind) => `headlight-${trace.model.id}-${site.name}-head-${head}-${view}.${kind}`;
