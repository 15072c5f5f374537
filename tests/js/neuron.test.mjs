import assert from "node:assert/strict";
import test from "node:test";
import {page, random} from "./page.mjs";

const {dot} = await page("attention.js");
const {contributions, foremost, runningLine} = await page("neuron.js");

const next = random(11), floats = (n) => Float32Array.from({length: n}, () => 8 * next() - 4);
const near = (a, b, tolerance = 1e-12) => assert.ok(Math.abs(a - b) <= tolerance, `${a} is not ${b}`);

for (const order of ["place", "size"]) {
  test(`products are of the feature's own numbers, and their sum ends at exactly the dot product: ${order}`, () => {
    for (let i = 0; i < 50; i++) {
      const q = floats(32), k = floats(32), whole = dot(q, k), found = contributions(q, k, order);
      assert.equal(found.dot, whole);
      assert.equal(found.features.at(-1).sum, whole);
      let sum = 0, shares = 0;
      for (const one of found.features) {
        assert.deepEqual([one.q, one.k, one.product], [q[one.index], k[one.index], q[one.index] * k[one.index]]);
        near(one.sum, sum += one.product);
        shares += one.share;
      }
      near(shares, 1, 1e-6);
      assert.deepEqual(found.features.map(({index}) => index).sort((a, b) => a - b), Array.from(q, (_, at) => at));
    }
  });
}

test("in order they stand as the features do, and largest first by size, whatever the sign", () => {
  const q = [1, -3, 0, 2, 1], k = [1, 1, 5, 1, -1];
  assert.deepEqual(contributions(q, k, "place").features.map(({index}) => index), [0, 1, 2, 3, 4]);
  const sorted = contributions(q, k, "size").features;
  assert.deepEqual(sorted.map(({index}) => index), [1, 3, 0, 4, 2]);
  assert.deepEqual(sorted.map(({product}) => product), [-3, 2, 1, -1, 0]);
});

test("of a dot product that is 0 nothing is a share", () => {
  assert.deepEqual(contributions([1, -1], [2, 2], "place").features.map(({share}) => share), [null, null]);
});

test("the foremost is the largest in size, in either order", () => {
  const q = [1, -3, 0], k = [1, 1, 5];
  assert.equal(foremost(contributions(q, k, "place").features), 1);
  assert.equal(foremost(contributions(q, k, "size").features), 0);
});

test("the line runs from zero to the dot product, a feature at the middle of its column", () => {
  const {features} = contributions([1, -3, 4], [1, 1, 1], "place"); // sums 1, -2, 2
  const {points, zero} = runningLine(features);
  assert.equal(zero, 0.5);
  assert.deepEqual(points, [[0, 0.5], [0.5, 0.75], [1.5, 0], [2.5, 1], [3, 1]]);
});

test("a line of nothing lies in the middle", () => {
  const {points} = runningLine(contributions([0, 0], [1, 1], "place").features);
  assert.deepEqual(points.map(([, height]) => height), [0.5, 0.5, 0.5, 0.5]);
});
