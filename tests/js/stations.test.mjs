import assert from "node:assert/strict";
import {test} from "node:test";
import {divisors, stationsOf} from "../../static/js/stations.js";

/** The row of the third word of the lessons' sentence: q, k and v in whole numbers. */
const K = [[1, 0, 1, 0], [0, -1, 0, -1], [0, -2, -1, 0], [2, 0, 0, 1]], V = [[1, 0, 0, 1], [0, 1, 1, 0], [0, 2, 2, 0], [2, 0, 0, 2]];
const head = (visible = () => true) => ({nKey: 4, q: () => [2, 2, 0, -2], k: (i) => K[i], v: (i) => V[i], visible});

const near = (found, expected) => found.forEach((x, i) => assert.ok(Math.abs(x - expected[i]) < 5e-5, `${found}`));

test("the model's own row", () => {
  const {keys, sum, z} = stationsOf(head(), 2, 2);
  assert.deepEqual(keys.map(({dot}) => dot), [2, 0, -4, 2]);
  near(keys.map(({scaled}) => scaled), [1, 0, -2, 1]);
  near(keys.map(({exp}) => exp), [2.7183, 1, 0.1353, 2.7183]);
  near(keys.map(({weight}) => weight), [0.4136, 0.1522, 0.0206, 0.4136]);
  near([sum, ...z], [6.5719, 1.2409, 0.1933, 0.1933, 1.2409]);
});

test("the row without the root", () => {
  near(stationsOf(head(), 2, 1).keys.map(({weight}) => weight), [0.4678, 0.0633, 0.0012, 0.4678]);
});

test("what the mask hides has no part, and where it hides all there is nothing", () => {
  near(stationsOf(head((_, key) => key < 3), 2, 2).keys.map(({weight}) => weight), [0.7054, 0.2595, 0.0351, 0]);
  const {keys, sum, z} = stationsOf(head(() => false), 2, 2);
  assert.deepEqual([sum, ...keys.map(({weight}) => weight), ...z], Array(9).fill(0));
});

test("the slider has the root of d_head in its middle, and 1 among its places where that is a power of two", () => {
  assert.equal(divisors(4)[4], 2);
  assert.ok(divisors(4).includes(1) && divisors(4).includes(8) && divisors(2).includes(1));
});
