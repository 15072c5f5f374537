/** What can be taken away in numbers: a matrix as CSV, and the Python that makes the same run. */
import {scoreRow} from "./attention.js";
import {label} from "./labels.js";
import {withoutFirst} from "./sink.js";
import {movedRows} from "./values.js";

/**
 * What a view draws: {name, rows, columns: labels, row: (i) => numbers, null where the mask hides a cell or the visitor a column}.
 * A row is made when it is asked for: all of a long text's would be gigabytes.
 * @param {{sink: string, measure: string}} shows
 */
export function matricesOf(trace, site, head, view, {sink, measure}) {
  const one = trace.head(site, head), labels = (axis) => trace.along(site, axis).map((token, i) => `${i}: ${label(token)}`);
  if (view === "qkv") {
    const features = Array.from({length: one.dHead}, (_, i) => String(i));
    const matrix = (name, axis) => ({name, rows: labels(axis), columns: features, row: (i) => Array.from(one[name](i))});
    return [matrix("q", "query"), matrix("k", "key"), matrix("v", "key")];
  }
  const norms = view === "values" && measure === "norms", name = view === "scores" ? "scores" : norms ? "pattern times norm of v" : "pattern";
  const row = view === "scores" ? scored(one) : movedRows(one, (query) => trace.row(site, head, query), norms ? "norms" : "weights");
  const hides = sink === "hidden" && ["weights", "values"].includes(view);
  return [{name, rows: labels("query"), columns: labels("key"), row: hides ? (i) => withoutFirst([row(i)])[0] : row}];
}

const scored = (one) => (query) => Array.from(scoreRow(one, query), (x, key) => (one.visible(query, key) ? x : null));

/**
 * One block a matrix, its name in the corner; a hidden cell is empty. A label begins with its index, so no program takes it for a formula.
 * -> line after line: all of a long text's are more than a string can hold
 */
export function* csv(matrices) {
  for (const [i, {name, rows, columns, row}] of matrices.entries()) {
    if (i) yield "\r\n";
    yield `${[name, ...columns].map(quoted).join(",")}\r\n`;
    for (const [at, label] of rows.entries()) yield `${quoted(label)},${row(at).join(",")}\r\n`; // join writes nothing for null
  }
}

const quoted = (text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

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
export function pythonOfFile({name, zipped, entry, batched}, site, head) {
  const place = [site.layer, ...(batched ? [0] : []), head].join(", ");
  return [
    zipped ? "import numpy" : "from safetensors.torch import load_file  # pip install safetensors torch",
    "",
    `file = ${zipped ? "numpy.load" : "load_file"}(${JSON.stringify(name)})`,
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

/** All tensors of a run are of no head. */
export const fileName = (trace, site, head, view, kind) => (
  `headlight-${trace.model.id}-${kind === "safetensors" ? "run" : `${site.name}-head-${head}-${view}`}.${kind}`);
