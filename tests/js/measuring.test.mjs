import assert from "node:assert/strict";
import test from "node:test";
import {depthBody, depthSeries, distanceBody, distanceSeries, resultsOf, saturationSeries, stepsOf, trainedBody, VARIANTS} from "../../static/js/measuring.js";

const FRESH = {positions: 64, blocks: 24, seeds: 5, bias: 2, norm: "post", residual: false, start: "gpt-2", dtype: "float32"};

test("each line asks for one network, with the settings that are its own", () => {
  assert.deepEqual(distanceBody("lstm", FRESH), {measure: "distance", networks: [{architecture: "lstm", n_layers: 1, forget_bias: 2}], positions: 64, d_model: 32, seeds: 5, dtype: "float32"});
  assert.deepEqual(distanceBody("transformer", FRESH).networks, [{architecture: "transformer", n_layers: 2, norm: "post", residual: false, start: "gpt-2"}]);
  assert.deepEqual(distanceBody("rnn", {...FRESH, bias: 4}), distanceBody("rnn", FRESH)); // so that it is not measured again
  assert.deepEqual(VARIANTS.map(({id}) => depthBody(id, FRESH).networks[0]).map(({norm, residual}) => [norm, residual]),
    [["pre", true], ["post", true], ["none", true], ["post", false], ["none", false]]);
});

test("what is taken from a trained model is not taken from one without attention", () => {
  assert.deepEqual(trainedBody("distance", "decoder", {text: "a", norm: "none", residual: false}), {measure: "distance", models: ["decoder"], text: "a", norm: "none", residual: false});
  assert.deepEqual(trainedBody("distance", "lstm", {text: "a", norm: "none", residual: false}), {measure: "distance", models: ["lstm"], text: "a", norm: null, residual: true});
  assert.equal(trainedBody("depth", "decoder", {text: "a"}).norm, null);
});

test("steps are counted before they are made", () => {
  assert.equal(stepsOf(distanceBody("rnn", FRESH)), 5);
  assert.equal(stepsOf({measure: "saturation", keys: 16}), 9);
  assert.equal(stepsOf(trainedBody("saturation", "decoder", {text: "a"})), 1);
  assert.deepEqual(resultsOf([{done: 1, of: 2}, {network: {}}, {done: 2, of: 2}]), [{network: {}}]);
});

test("a fresh network's line begins at the last position itself", () => {
  assert.deepEqual(distanceSeries([{gradient: {median: [3, 2], low: [1, 1], high: [4, 4]}}]), {x: [0, 1], y: [3, 2], low: [1, 1], high: [4, 4]});
});

test("tokens go by their distance, and those that have none stand aside", () => {
  const tokens = [{side: "source", text: "猫", distance: null, gradient: 5}, {side: "target", text: "The", distance: 1, gradient: 2}, {side: "target", text: " cat", distance: 0, gradient: 3}];
  const {x, y, texts, aside, trained} = distanceSeries([{tokens, asked: {}, trained: false}]);
  assert.deepEqual([x, y, texts, aside.length, trained], [[0, 1], [3, 2], [" cat", "The"], 1, false]);
});

test("by depth there are two gauges, of blocks and of what lies between them", () => {
  const of = (median) => ({median, low: median, high: median});
  const fresh = depthSeries([{gradient: of([4, 2]), relative: of([2, 1]), diversity: of([1, 0.5, 0.1]), last_matrix: of([7])}]);
  assert.deepEqual([fresh.gradient.x, fresh.gradient.y, fresh.diversity.x, fresh.diversity.y, fresh.norms, fresh.matrix], [[1, 2], [2, 1], [0, 1, 2], [1, 0.5, 0.1], [4, 2], 7]);
  const trained = depthSeries([{gradient: [4, 2], relative: [2, 1], diversity: [1, 0.5, 0.1], trained: true}]);
  assert.deepEqual([trained.gradient, trained.diversity.y, trained.matrix], [{x: [1, 2], y: [2, 1]}, [1, 0.5, 0.1], null]);
});

test("saturation goes by the size of a head, or from head to head", () => {
  const numbers = (std) => ({std, largest: 0, entropy: 0, jacobian: 0});
  assert.deepEqual(saturationSeries([{d_head: 2, scaled: numbers(1), unscaled: numbers(1.4)}, {d_head: 4, scaled: numbers(1), unscaled: numbers(2)}], "unscaled", "std").y, [1.4, 2]);
  const {x, y, texts} = saturationSeries([{heads: [{site: "a", head: 0, scaled: numbers(3)}]}, {heads: [{site: "b", head: 0, scaled: numbers(5)}]}], "scaled", "std");
  assert.deepEqual([x, y, texts], [[1, 2], [3, 5], ["a 0", "b 0"]]);
  assert.deepEqual(saturationSeries([], "scaled", "std").y, []);
});
