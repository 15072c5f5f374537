import assert from "node:assert/strict";
import test from "node:test";
import {page} from "./page.mjs";

const {csv, fileName, matricesOf, python} = await page("exports.js");
const {gathered} = await page("download.js");
const {printed} = await page("print.js");

const SHOWS = {sink: "shown", measure: "norms"};

const SITE = {name: "decoder.blocks.0.attn"};
const token = (text, start = 0) => ({text, start});
const TRACE = {
  model: {id: "decoder"},
  along: () => [token("<bos>", null), token("=SUM(A1)"), token('say "a,b"\n')],
  row: (site, head, query) => [[1, 0, 0], [0.25, 0.75, 0], [0.5, 0.25, 0.25]][query],
  head: () => ({
    nQuery: 3, nKey: 3, dHead: 2, scale: 0.5, visible: (query, key) => key <= query,
    q: (i) => Float32Array.of(i, 1), k: (i) => Float32Array.of(2, i), v: (i) => Float32Array.of(-i, 0.5),
  }),
};

const text = (matrices) => [...csv(matrices)].join("");

/** A CSV file read again, by the rules of RFC 4180. */
function read(text) {
  const rows = [[""]];
  let within = false;
  for (let i = 0; i < text.length; i++) {
    const row = rows.at(-1), character = text[i];
    if (character === '"' && within && text[i + 1] === '"') { row[row.length - 1] += '"'; i++; }
    else if (character === '"') within = !within;
    else if (!within && character === ",") row.push("");
    else if (!within && text.startsWith("\r\n", i)) { rows.push([""]); i++; }
    else row[row.length - 1] += character;
  }
  return rows.slice(0, -1);
}

test("the CSV of a pattern holds every number in full, and nothing where the mask hides", () => {
  const rows = read(text(matricesOf(TRACE, SITE, 0, "weights", SHOWS)));
  assert.deepEqual(rows[0], ["pattern", "0: ⟨bos⟩", "1: =SUM(A1)", '2: say␣"a,b"⏎']);
  assert.deepEqual(rows.slice(1), [["0: ⟨bos⟩", "1", "", ""], ["1: =SUM(A1)", "0.25", "0.75", ""], ['2: say␣"a,b"⏎', "0.5", "0.25", "0.25"]]);
});

test("no field begins as a formula does", () => {
  for (const row of read(text(matricesOf(TRACE, SITE, 0, "qkv", SHOWS)))) {
    for (const field of row) assert.ok(!/^[=+@\t]/.test(field) && (!field.startsWith("-") || !Number.isNaN(Number(field))), field);
  }
});

test("scores are the dot products times the scale", () => {
  const [{name, row}] = matricesOf(TRACE, SITE, 0, "scores", SHOWS);
  assert.equal(name, "scores");
  assert.deepEqual([0, 1, 2].map(row), [[0, null, null], [1, 1.5, null], [2, 2.5, 3]]);
});

test("q, k and v stand one under the other", () => {
  const matrices = matricesOf(TRACE, SITE, 0, "qkv", SHOWS);
  assert.deepEqual(matrices.map(({name}) => name), ["q", "k", "v"]);
  assert.deepEqual([0, 1, 2].map(matrices[2].row), [[-0, 0.5], [-1, 0.5], [-2, 0.5]]);
  assert.equal(text(matrices).split("\r\n\r\n").length, 3);
});

test("a CSV may be longer than any string", async () => {
  const label = "x".repeat(2 ** 24), matrix = {name: "pattern", rows: new Array(40).fill(label), columns: ["0"], row: (i) => [i]};
  assert.throws(() => text([matrix]), RangeError);
  assert.equal((await gathered(csv([matrix]))).size, "pattern,0\r\n".length + 40 * (label.length + ",0\r\n".length) + 30); // 30 rows have two digits
});

test("a printed picture has a label for every row and column, and no markup in them", () => {
  const matrices = matricesOf({...TRACE, along: () => [token("<b>"), token("&amp;"), token("c")]}, SITE, 0, "weights", SHOWS);
  const {data: [heatmap], layout} = printed(matrices, "weights", {title: "<i>", rowAxis: "q", columnAxis: "k", font: "sans-serif"});
  assert.deepEqual(layout.xaxis.ticktext, ["0: &lt;b>", "1: &amp;amp;", "2: c"]);
  assert.equal(layout.title.text, "&lt;i>");
  assert.ok(layout.height > 3 * 30 && layout.width > 3 * 30);
  assert.deepEqual([heatmap.zmin, heatmap.zmax, heatmap.text[1]], [0, 1, ["0.25", "0.75", ""]]);
});

test("the Python names the head and is written as Python writes values", () => {
  const text = python({model: "decoder", text: "it's \"so\"\n", target: null, mask: {prefix: 3}, edits: []}, "http://localhost:8000", SITE, 2);
  assert.ok(text.includes(String.raw`"text": "it's \"so\"\n", "target": None, "mask": {"prefix": 3}, "edits": []`));
  assert.ok(text.includes('"names": ["decoder.blocks.0.attn.pattern"], "heads": [2]'));
  assert.ok(text.includes("http://localhost:8000/api/trace"));
});

test("a file is named after what it holds", () => {
  assert.equal(fileName(TRACE, SITE, 1, "scores", "csv"), "headlight-decoder-decoder.blocks.0.attn-head-1-scores.csv");
  assert.equal(fileName(TRACE, SITE, 1, "scores", "safetensors"), "headlight-decoder-run.safetensors");
});
