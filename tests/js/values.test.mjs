import assert from "node:assert/strict";
import test from "node:test";
import {page, random} from "./page.mjs";

const {headOf} = await page("attention.js");
const {added, largestBy, movedRows, movedTo, norm, ordered, valueNorms} = await page("values.js");
const {FIRST, withoutFirst} = await page("sink.js");

const site = {name: "x.attn", n_heads: 2, scale: 0.5, mask: "causal"};

/** Two heads over four tokens with random numbers, the denominators made by the definition. */
function someTrace() {
  const next = random(3), n = 4, d = 4, floats = (count) => Float32Array.from({length: count}, () => 4 * next() - 2);
  const tensors = Object.fromEntries(["q", "k", "v", "z"].map((name) => [`x.attn.${name}`, {shape: [2, n, d], data: floats(2 * n * d)}]));
  tensors["x.attn.log_denominator"] = {shape: [2, n], data: new Float32Array(2 * n)};
  const at = (name, head, i) => tensors[`x.attn.${name}`].data.subarray((head * n + i) * d, (head * n + i + 1) * d);
  for (let head = 0; head < 2; head++) {
    for (let query = 0; query < n; query++) {
      let sum = 0;
      for (let key = 0; key <= query; key++) sum += Math.exp(0.5 * at("q", head, query).reduce((s, x, i) => s + x * at("k", head, key)[i], 0));
      tensors["x.attn.log_denominator"].data[head * n + query] = Math.log(sum);
    }
  }
  tensors["x.attn.head_out_norm"] = {shape: [2, n], data: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8)};
  tensors["x.attn.head_out_share"] = {shape: [2, n], data: Float32Array.of(0.25, 0.5, 1.5, NaN, 0.75, 0.5, -0.5, NaN)};
  return {tensors, at};
}

const near = (a, b, tolerance = 1e-6) => assert.ok(Math.abs(a - b) <= tolerance, `${a} is not ${b}`);
const trace = someTrace();

test("a norm is the root of the sum of squares", () => {
  assert.equal(norm([3, 4]), 5);
  assert.equal(norm([]), 0);
});

test("what is moved is weight times norm, of the keys that the mask shows", () => {
  for (let index = 0; index < 2; index++) {
    const head = headOf(trace, site, index);
    for (let query = 0; query < 4; query++) {
      const {rows, sum, z, zNorm, hidden, longest} = movedTo(head, query);
      assert.deepEqual(rows.map(({key}) => key), Array.from({length: query + 1}, (_, key) => key));
      assert.equal(hidden, 3 - query);
      near(rows.reduce((total, {weight}) => total + weight, 0), 1);
      let total = 0;
      for (const row of rows) {
        near(row.norm, Math.hypot(...trace.at("v", index, row.key)));
        near(row.moved, row.weight * row.norm, 0);
        assert.ok(row.norm <= longest);
        total += row.moved;
      }
      near(sum, total, 0);
      near(zNorm, Math.hypot(...z));
      assert.deepEqual(Array.from(z), Array.from(trace.at("z", index, query)));
    }
  }
});

test("a large weight on a short value moves less than a small weight on a long one", () => {
  const rows = [{key: 0, weight: 0.7, norm: 0.5, moved: 0.35}, {key: 1, weight: 0.2, norm: 4, moved: 0.8}, {key: 2, weight: 0.1, norm: 3.5, moved: 0.35}];
  assert.equal(largestBy(rows, "weight").key, 0);
  assert.equal(largestBy(rows, "moved").key, 1);
  assert.deepEqual(ordered(rows, "size").shown.map(({key}) => key), [1, 0, 2]);
  assert.deepEqual(ordered(rows, "place").shown.map(({key}) => key), [0, 1, 2]);
});

test("of many keys those that move most are shown, and the chosen one; the others are added up", () => {
  const rows = Array.from({length: 10}, (_, key) => ({key, weight: 0.1, norm: 10 * key, moved: key}));
  const keys = (order, options) => ordered(rows, order, options).shown.map(({key}) => key);
  assert.deepEqual(keys("size", {most: 4, key: 2}), [9, 8, 7, 2]);
  assert.deepEqual(keys("place", {most: 4, key: 2}), [2, 7, 8, 9]);
  assert.deepEqual(keys("place", {most: 4, key: 8}), [7, 8, 9]);
  assert.deepEqual(keys("place", {most: 10, key: 2}), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  const {rest} = ordered(rows, "size", {most: 4, key: 2});
  assert.equal(rest.count, 6);
  near(rest.weight, 0.6);
  near(rest.moved, 0 + 1 + 3 + 4 + 5 + 6);
  assert.equal(ordered(rows, "size").rest.count, 0);
});

test("the matrix has the weights, or each times the norm of its column's value; null where masked", () => {
  const head = headOf(trace, site, 1), pattern = Float32Array.from({length: 16}, (_, i) => i / 16), norms = valueNorms(head);
  const row = (query) => pattern.subarray(4 * query, 4 * query + 4), [weights, moved] = ["weights", "norms"].map((measure) => [0, 1, 2, 3].map(movedRows(head, row, measure)));
  for (let query = 0; query < 4; query++) {
    for (let key = 0; key < 4; key++) {
      const weight = key <= query ? pattern[4 * query + key] : null;
      assert.equal(weights[query][key], weight);
      assert.equal(moved[query][key], weight === null ? null : weight * norms[key]);
    }
  }
});

test("what the heads add is read at the position asked for", () => {
  assert.deepEqual(added(trace, site, 0), [{head: 0, norm: 1, share: 0.25}, {head: 1, norm: 5, share: 0.75}]);
  assert.deepEqual(added(trace, site, 2), [{head: 0, norm: 3, share: 1.5}, {head: 1, norm: 7, share: -0.5}]);
  assert.ok(added(trace, site, 3).every(({share}) => Number.isNaN(share)));
});

test("without its first column a matrix has all its other numbers where they were", () => {
  const rows = [[1, null, 3], [4, 5, 6]];
  assert.deepEqual(withoutFirst(rows), [[null, null, 3], [null, 5, 6]]);
  assert.deepEqual(rows, [[1, null, 3], [4, 5, 6]]);
  assert.equal(FIRST, 0);
});
