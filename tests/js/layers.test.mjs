import assert from "node:assert/strict";
import test from "node:test";
import {page, random} from "./page.mjs";

const {apart, gelu, moments, rotated} = await page("layers.js");
const {norm: length} = await page("values.js");
const {dot} = await page("attention.js");
const {attended} = await page("attended.js");
const {concatenated, matrix, matrixOf, scaleOf} = await page("matrices.js");
const {pixels} = await page("pixels.js");
const {signedColour} = await page("colour.js");

const near = (a, b, within = 1e-12) => assert.ok(Math.abs(a - b) <= within, `${a} is not ${b}`);
const numbers = (count, next) => Float64Array.from({length: count}, () => next() * 2 - 1);

test("gelu has the values that torch gives it", () => {
  const torch = {0: 0, 1: 0.841344746068543, "-1": -0.15865525393145702, 3: 2.99595030590511, "-3": -0.00404969409489031,
    0.5: 0.34573123063700656, "-0.5": -0.15426876936299344, 6: 5.999999994080474, "-6": -5.919525869479969e-09}; // float64
  for (const [x, y] of Object.entries(torch)) near(gelu(Number(x)), y, 1e-12);
  near(gelu(4 - 1e-9), gelu(4 + 1e-9), 1e-8); // where one way of computing ends and the other begins
  assert.equal(gelu(100), 100);
  near(gelu(-100), 0);
});

test("turning keeps lengths, does nothing at position 0, and leaves what depends on the distance alone", () => {
  const next = random(7), q = numbers(8, next), k = numbers(8, next);
  assert.deepEqual([...rotated(q, 0)], [...q]);
  near(length(rotated(q, 5)), length(q));
  near(dot(rotated(q, 7), rotated(k, 4)), dot(rotated(q, 13), rotated(k, 10)));
  assert.ok(Math.abs(dot(rotated(q, 7), rotated(k, 4)) - dot(rotated(q, 7), rotated(k, 5))) > 1e-3);
});

test("the first pair is turned by one radian a position", () => {
  const turned = rotated([1, 0, 0, 0], 1);
  near(turned[0], Math.cos(1));
  near(turned[2], Math.sin(1));
});

test("moments, lengths and differences", () => {
  assert.deepEqual(moments([1, 3]), {mean: 2, deviation: 1});
  assert.equal(length([3, 4]), 5);
  assert.equal(apart([1, 2, -Infinity], [1, 4, -Infinity]), 2);
  assert.equal(apart([], []), 0);
});

const trace = {tensors: {z: {shape: [2, 2, 3], data: Float32Array.from({length: 12}, (_, i) => i)}, x: {shape: [2, 2], data: Float32Array.of(1, 2, 3, 4)}}};

test("a tensor as a matrix, of one head where it has heads", () => {
  assert.deepEqual([...matrixOf(trace, "x").row(1)], [3, 4]);
  assert.deepEqual([...matrixOf(trace, "z", {head: 1, nHeads: 2}).row(0)], [6, 7, 8]);
  assert.deepEqual([...matrixOf(trace, "z", {head: 1, nHeads: 4}).row(0)], [0, 1, 2]); // shared by heads 0 and 1
});

test("heads side by side", () => {
  const all = concatenated(trace, "z");
  assert.deepEqual([all.rows, all.columns], [2, 6]);
  assert.deepEqual([...all.row(0)], [0, 1, 2, 6, 7, 8]);
  assert.deepEqual([...all.row(1)], [3, 4, 5, 9, 10, 11]);
});

test("colours end at the largest number, or say that they go beyond", () => {
  const of = (...data) => matrix("", 1, data.length, Float32Array.from(data));
  assert.deepEqual(scaleOf(of(1, -4, 2)), {end: 4, beyond: false});
  assert.deepEqual(scaleOf(of(1, 2), of(-8)), {end: 8, beyond: false});
  const spread = Array.from({length: 1000}, (_, i) => i / 1000);
  const {end, beyond} = scaleOf(of(...spread, 50));
  assert.ok(beyond && end > 0.98 && end < 1);
  assert.equal(scaleOf(of(0, 0)).beyond, false);
});

test("colours end at the number that stands there in order, of whatever size the numbers are", () => {
  const next = random(5);
  for (const count of [1, 2, 199, 200, 201, 5000]) {
    const data = Float32Array.from({length: count}, () => (next() - 0.5) * 10 ** Math.floor(8 * next() - 4)), sizes = data.map(Math.abs).sort();
    const usual = sizes[Math.ceil(count * 0.995) - 1], largest = sizes.at(-1), beyond = largest > 3 * usual;
    assert.deepEqual(scaleOf(matrix("", 1, count, data)), {end: beyond ? usual : largest, beyond}, `${count}`);
  }
});

test("a pixel has the colour of its number", () => {
  for (const theme of ["light", "dark"]) {
    const values = [-3, -0.5, 0, 0.2, 1, 9], bytes = pixels(Float32Array.from(values), 2, theme);
    values.forEach((value, i) => {
      const due = signedColour(Math.max(-1, Math.min(1, value / 2)), theme);
      due.forEach((channel, c) => assert.ok(Math.abs(bytes[4 * i + c] - channel) <= 3, `${theme} ${value}`));
      assert.equal(bytes[4 * i + 3], 255);
    });
  }
});

function head(nQuery, nKey, visible, seed = 3) {
  const next = random(seed), of = (count) => Array.from({length: count}, () => numbers(4, next)), [q, k, v] = [of(nQuery), of(nKey), of(nKey)];
  return {nQuery, nKey, scale: 0.5, visible, q: (i) => q[i], k: (i) => k[i], v: (i) => v[i], z: () => ({length: 4})};
}

test("a head worked step by step: products, scale, mask, softmax, weighted sum", () => {
  const one = head(3, 3, (query, key) => key <= query), {products, scores, masked, weights, logDenominators, z} = attended(one);
  for (let i = 0; i < 3; i++) {
    for (let j = 0; j < 3; j++) {
      near(products[i][j], dot(one.q(i), one.k(j)));
      near(scores[i][j], products[i][j] / 2);
      assert.equal(masked[i][j], j <= i ? scores[i][j] : -Infinity);
      near(weights[i][j], j <= i ? Math.exp(scores[i][j]) / [0, 1, 2].slice(0, i + 1).reduce((sum, m) => sum + Math.exp(scores[i][m]), 0) : 0);
    }
    near(logDenominators[i], Math.log([0, 1, 2].slice(0, i + 1).reduce((sum, m) => sum + Math.exp(scores[i][m]), 0)));
    [0, 1, 2, 3].forEach((d) => near(z[i][d], [0, 1, 2].reduce((sum, j) => sum + weights[i][j] * one.v(j)[d], 0)));
  }
});

test("a query that may see nothing has weights of 0 and brings nothing", () => {
  const {weights, logDenominators, z} = attended(head(2, 2, (query) => query > 0));
  assert.deepEqual([...weights[0]], [0, 0]);
  assert.deepEqual([...z[0]], [0, 0, 0, 0]);
  assert.equal(logDenominators[0], -Infinity);
  near(weights[1][0] + weights[1][1], 1);
});

test("a cap, a bias and a sink are steps of their own, and every row is worked with the one sink", () => {
  const c = 0.7, sink = -0.4, bias = (query, key) => (key - query) / 3, sees = (query, key) => key <= query, one = head(4, 4, sees);
  const raw = (i, j) => dot(one.q(i), one.k(j)), score = (i, j) => c * Math.tanh(raw(i, j) * 0.5 / c) + bias(i, j);
  const row = (i) => [0, 1, 2, 3].filter((j) => sees(i, j)), sum = (i) => row(i).reduce((all, j) => all + Math.exp(score(i, j)), Math.exp(sink));
  const work = attended({...one, softcap: c, biased: true, bias, sinks: true, logDenominator: (i) => Math.log(sum(i))});
  near(work.sink, sink);
  for (let i = 0; i < 4; i++) {
    for (const j of row(i)) {
      near(work.scaled[i][j], raw(i, j) / 2);
      near(work.capped[i][j], score(i, j) - bias(i, j));
      near(work.scores[i][j], score(i, j));
      near(work.weights[i][j], Math.exp(score(i, j)) / sum(i));
    }
    near(work.logDenominators[i], Math.log(sum(i)));
    assert.ok(work.weights[i].reduce((a, b) => a + b) < 1);
  }
  const off = attended({...one, softcap: c, biased: true, bias, sinks: true, logDenominator: (i) => Math.log(sum(i)) + (i === 3 ? 0.3 : 0)});
  assert.ok(off.logDenominators.some((x, i) => Math.abs(x - Math.log(sum(i)) - (i === 3 ? 0.3 : 0)) > 0.01), "a row that fits no common sink is seen to be off");
});
