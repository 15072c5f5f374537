import assert from "node:assert/strict";
import test from "node:test";
import {page, random} from "./page.mjs";

const {headDifference, largest, movedShare, predicted, probabilities, rowDifference, sharesIds, streamsOf, vectorAt, vectorDifference} = await page("differences.js");
const {headOf, patternRow} = await page("attention.js");

const N = 6, D = 3, SITE = "decoder.blocks.0.attn", next = random(3);
const numbers = (n) => Float32Array.from({length: n}, () => 4 * next() - 2);

/** One head whose log_denominator fits its mask. */
function run(mask, {q = numbers(N * D), k = numbers(N * D), v = numbers(N * D)} = {}, model = {id: "decoder", sha256: "1"}) {
  const site = {name: SITE, layer: 0, n_heads: 1, query: "target", key: "target", mask, scale: 0.5};
  const tensors = Object.fromEntries(Object.entries({q, k, v, z: numbers(N * D)}).map(([name, data]) => [`${SITE}.${name}`, {shape: [1, N, D], data}]));
  const sees = (i, j) => mask === "bidirectional" || j <= i;
  const score = (i, j) => 0.5 * (q[i * D] * k[j * D] + q[i * D + 1] * k[j * D + 1] + q[i * D + 2] * k[j * D + 2]);
  const row = (i) => Array.from({length: N}, (_, j) => (sees(i, j) ? Math.exp(score(i, j)) : 0));
  tensors[`${SITE}.log_denominator`] = {shape: [1, N], data: Float64Array.from({length: N}, (_, i) => Math.log(row(i).reduce((a, b) => a + b)))};
  const trace = {tensors, model, tokens: {target: []}, head: () => headOf(trace, site, 0), row: (_, head, i) => patternRow(trace.head(), i), along: (at, axis) => trace.tokens[at[axis]]};
  const weight = (i, j) => row(i)[j] / row(i).reduce((a, b) => a + b); // the softmax again, from the start
  return {end: {trace, site, head: 0}, weight, score, sees, parts: {q, k, v}};
}

const PAIRS = [[0, 0, true], [1, 2, true], [3, 3, false], [5, 5, true]];

test("weights are subtracted where they are aligned; what is masked in both is nothing", () => {
  const [a, b] = [run("causal"), run("bidirectional")];
  const {values, rows, columns} = headDifference(a.end, b.end, PAIRS, PAIRS);
  assert.deepEqual([rows, columns], [4, 4]);
  PAIRS.forEach(([i, p], row) => PAIRS.forEach(([j, q], column) => {
    const due = b.weight(p, q) - a.weight(i, j);
    assert.ok(Math.abs(values[row * 4 + column] - due) < 1e-9, `${i} ${j}`);
  }));
  const both = headDifference(run("causal").end, run("causal").end, PAIRS, PAIRS).values;
  PAIRS.forEach(([i, p], row) => PAIRS.forEach(([j, q], column) => assert.equal(Number.isNaN(both[row * 4 + column]), j > i && q > p)));
});

test("scores are subtracted before the mask", () => {
  const [a, b] = [run("causal"), run("bidirectional")];
  const {values} = headDifference(a.end, b.end, PAIRS, PAIRS, "scores");
  PAIRS.forEach(([i, p], row) => PAIRS.forEach(([j, q], column) => assert.ok(Math.abs(values[row * 4 + column] - (b.score(p, q) - a.score(i, j))) < 1e-6)));
});

test("the largest difference is found by its size, with its sign left to its place", () => {
  assert.deepEqual(largest({values: Float64Array.from([0.1, NaN, -0.7, 0.6]), rows: 2, columns: 2}), {size: 0.7, row: 1, column: 0});
  assert.equal(largest({values: Float64Array.from([NaN, 0]), rows: 1, columns: 2}).size, 0);
});

test("a row that sees the same keys with the same vectors is the same; one that sees more is not", () => {
  const a = run("causal"), b = run("bidirectional", a.parts), all = Array.from({length: N}, (_, i) => [i, i, true]);
  const last = rowDifference(a.end, b.end, [N - 1, N - 1], all);
  assert.deepEqual([last.seen, last.same, last.query, last.key, last.own], [[N, N], true, 0, 0, true]);
  assert.ok(last.weight < 1e-12);
  const early = rowDifference(a.end, b.end, [1, 1], all);
  assert.deepEqual([early.seen, early.same, early.both], [[2, N], false, 2]);
  const due = Math.max(...all.map(([j]) => Math.abs(b.weight(1, j) - a.weight(1, j))));
  assert.ok(Math.abs(early.weight - due) < 1e-9);
});

test("vectors of two models are not subtracted", () => {
  const a = run("causal"), b = run("causal", {}, {id: "encoder", sha256: "2"}), row = rowDifference(a.end, b.end, [2, 2], PAIRS);
  assert.deepEqual([row.query, row.key, row.value, row.own], [null, null, null, false]);
});

test("a vector's difference is its angle, its length, and what lies between", () => {
  const {cosine, ratio, between, share} = vectorDifference([3, 4], [8, -6]);
  assert.deepEqual([cosine, ratio], [0, 2]);
  assert.ok(Math.abs(between - Math.sqrt(125)) < 1e-12 && Math.abs(share - between / 5) < 1e-12);
  assert.deepEqual(vectorDifference([0.1, 0.2, 0.3], [0.1, 0.2, 0.3]), {cosine: 1, ratio: 1, between: 0, share: 0});
});

test("the stream is read as it enters and leaves the blocks of its own part", () => {
  const tensor = {shape: [2, 2], data: [1, 2, 3, 4]};
  const trace = {tensors: Object.fromEntries(["encoder.blocks.0.resid_pre", "encoder.blocks.0.resid_post", "encoder.blocks.1.resid_post", "decoder.blocks.0.resid_pre"].map((name) => [name, tensor]))};
  assert.deepEqual(streamsOf(trace, {name: "encoder.blocks.1.attn"}), ["encoder.blocks.0.resid_pre", "encoder.blocks.0.resid_post", "encoder.blocks.1.resid_post"]);
  assert.deepEqual(vectorAt({tensors: {x: {shape: [2, 2], data: Float32Array.of(1, 2, 3, 4)}}}, "x", 1), Float32Array.of(3, 4));
});

const LOGITS = {shape: [2, 3], data: Float32Array.of(0, Math.log(2), Math.log(5), 500, 500, -500)};
const listed = [[{id: 2, text: "c", probability: 5 / 8}, {id: 1, text: "b", probability: 2 / 8}], [{id: 0, text: "a", probability: 0.5}, {id: 1, text: "b", probability: 0.5}]];

test("the whole of a prediction is the softmax of its logits, however large", () => {
  const trace = {tensors: {logits: LOGITS}};
  Array.from(probabilities(trace, 0)).forEach((p, i) => assert.ok(Math.abs(p - [1, 2, 5][i] / 8) < 1e-7));
  assert.deepEqual(Array.from(probabilities(trace, 1)), [0.5, 0.5, 0]);
  assert.equal(probabilities({tensors: {}}, 0), null);
  assert.ok(Math.abs(movedShare(trace, trace, 0, 1) - 5 / 8) < 1e-7); // a gains 3/8, b gains 2/8, c loses 5/8
  assert.equal(movedShare(trace, {tensors: {}}, 0, 1), null);
});

test("tokens that either predicts stand with the probability in both; what is not known is null", () => {
  const full = {tensors: {logits: LOGITS}, predictions: listed}, brief = {tensors: {}, predictions: listed};
  const both = predicted([{trace: full, position: 0}, {trace: full, position: 1}], true);
  assert.deepEqual(both.map(({text}) => text), ["c", "b", "a"]);
  assert.ok(Math.abs(both[0].probability[0] - 5 / 8) < 1e-7 && both[0].probability[1] === 0);
  assert.deepEqual(predicted([{trace: brief, position: 0}, {trace: brief, position: 1}], false).map(({text, probability}) => [text, ...probability]),
    [["c", 5 / 8, null], ["b", 0.25, 0.5], ["a", null, 0.5]]);
});

test("ids mean the same in one model, and in two whose tokens are spelt and numbered alike", () => {
  const end = (id, tokens) => ({trace: {model: {id}, along: () => tokens}, site: {}});
  const a = [{text: "a", id: 4}], pairs = [[0, 0, true]];
  assert.equal(sharesIds(end("x", a), end("x", [{text: "a", id: 9}]), pairs), true);
  assert.equal(sharesIds(end("x", a), end("y", [{text: "a", id: 4}]), pairs), true);
  assert.equal(sharesIds(end("x", a), end("y", [{text: "a", id: 9}]), pairs), false);
});

test("a row of which the weights alone are known is compared by these", () => {
  const [a, b] = [run("causal"), run("causal")], only = ({end}) => {
    const one = end.trace.head();
    return {...end, trace: {...end.trace, alone: true, head: () => ({nKey: N, visible: one.visible}), row: end.trace.row.bind(end.trace)}};
  };
  const row = rowDifference(only(a), only(b), [3, 3], PAIRS);
  assert.deepEqual([row.query, row.key, row.value], [null, null, null]);
  assert.equal(row.weight, Math.max(...PAIRS.map(([j, q]) => Math.abs(b.end.trace.row(0, b.end.trace.head(), 3)[q] - a.end.trace.row(0, a.end.trace.head(), 3)[j]))));
});
