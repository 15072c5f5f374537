import assert from "node:assert/strict";
import test from "node:test";
import {page} from "./page.mjs";

const {bothPredictions, changing, patternChanges, predictedAt, streamChanges} = await page("downstream.js");

/** A run of one attention of two heads: their patterns [2 x 2] as they are given, and the stream after one block. */
function run(patterns, stream = []) {
  const site = {name: "decoder.blocks.0.attn", n_heads: 2};
  const here = Object.fromEntries(["q", "k", "v", "z", "log_denominator"].map((name) => [`${site.name}.${name}`, {}]));
  return {
    sites: [site], tensors: {...here, "decoder.blocks.0.resid_post": {shape: [stream.length, 2], data: Float32Array.from(stream.flat())}},
    site: () => site, row: (_, head, query) => Float64Array.from(patterns[head].slice(2 * query, 2 * query + 2)), head: () => ({nQuery: 2, nKey: 2}),
  };
}

test("a head's change is that of the weight that changed most, the largest first", () => {
  const before = run([[1, 0, 0.5, 0.5], [1, 0, 0.25, 0.75]]), after = run([[1, 0, 0.25, 0.75], [1, 0, 0.75, 0.25]]);
  const told = patternChanges(before, after).map(({head, size, query, key, was, is}) => ({head, size, query, key, was, is}));
  assert.deepEqual(told, [{head: 1, size: 0.5, query: 1, key: 0, was: 0.25, is: 0.75}, {head: 0, size: 0.25, query: 1, key: 0, was: 0.5, is: 0.25}]);
  assert.deepEqual(patternChanges(before, before).map(({size}) => size), [0, 0]);
});

test("it can be left after any row, with the heads so far; a row made of the same numbers is not worked out again", () => {
  const before = run([[1, 0, 0.5, 0.5], [1, 0, 0.25, 0.75]]), after = run([[1, 0, 0.25, 0.75], [1, 0, 0.75, 0.25]]);
  assert.deepEqual(Array.from(changing(before, after), (found) => found.map(({head}) => head)), [[], [], [0], [0]]);
  const asked = [], made = (qs) => ({...before, row: (_, head, query) => { asked.push([head, query]); return before.row(_, head, query); },
    head: (site, index) => ({site, index, nQuery: 2, nKey: 2, biased: false, q: (query) => [qs[query]], k: () => [1], logDenominator: () => 0})});
  patternChanges(made([1, 2]), made([1, 3]));
  assert.deepEqual(asked, [[0, 1], [0, 1], [1, 1], [1, 1]]);
});

test("heads whose queries and keys are not here are not compared", () => {
  const before = run([[1, 0, 1, 0], [1, 0, 1, 0]]), after = run([[1, 0, 1, 0], [1, 0, 1, 0]]);
  delete before.tensors["decoder.blocks.0.attn.k"];
  assert.deepEqual(patternChanges(before, after), []);
});

test("the stream is told by its cosine and its lengths, exactly 1 where nothing changed", () => {
  const before = run([], [[0.1, 0.7], [3, 4], [1, 0]]), after = run([], [[0.1, 0.7], [0, 10], [-2, 0]]);
  const [{name, side, layer, cosines, was, is}] = streamChanges(before, after);
  assert.deepEqual([name, side, layer], ["decoder.blocks.0.resid_post", "target", 0]);
  assert.deepEqual(Array.from(cosines), [1, 0.8, -1]);
  assert.deepEqual([was[1], is[1], was[2], is[2]], [5, 10, 1, 2]);
  assert.deepEqual(streamChanges({tensors: {}}, after), []);
});

test("both lists of predictions are one, the likelier of either first, what was not sent is not told", () => {
  const was = [{id: 1, text: "a", probability: 0.7}, {id: 2, text: "b", probability: 0.2}], is = [{id: 2, text: "b", probability: 0.5}, {id: 3, text: "c", probability: 0.6}];
  assert.deepEqual(bothPredictions(was, is), [{id: 1, text: "a", was: 0.7, is: null}, {id: 3, text: "c", was: null, is: 0.6}, {id: 2, text: "b", was: 0.2, is: 0.5}]);
});

test("the prediction is that of the chosen query where queries predict, else the last one", () => {
  const trace = {predicted: "target", tokens: {source: [1, 2], target: [1, 2, 3]}};
  assert.equal(predictedAt(trace, {site: {query: "target"}, query: 1}), 1);
  assert.equal(predictedAt(trace, {site: {query: "source"}, query: 1}), 2);
});
