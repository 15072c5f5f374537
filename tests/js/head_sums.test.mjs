import assert from "node:assert/strict";
import test from "node:test";
import {page} from "./page.mjs";

const {favourites, silenced, splitProducts, summed} = await page("head_sums.js");

/** The worked example's queries and keys, before they are cut into heads. */
const Q = [[0, 0, 0, 2], [1, 1, 2, 0], [2, 2, 0, -2], [0, 0, -2, 0]], K = [[1, 0, 1, 0], [0, -1, 0, -1], [0, -2, -1, 0], [2, 0, 0, 1]];
const head = {nKey: 4, q: (i) => Float32Array.from(Q[i]), k: (j) => Float32Array.from(K[j])};

test("a wide head's product is the sum of the narrow heads' products", () => { // S = S1 + S2, worked by hand
  assert.deepEqual(splitProducts(head, 2, 2), [
    {whole: 2, parts: [2, 0]}, {whole: 0, parts: [-2, 2]}, {whole: -4, parts: [-4, 0]}, {whole: 2, parts: [4, -2]}]);
  assert.deepEqual(splitProducts(head, 1, 2).map(({parts}) => parts), [[1, 2], [-1, 0], [-2, -2], [2, 0]]);
  assert.deepEqual(splitProducts(head, 1, 1).map(({whole, parts}) => whole === parts[0]), [true, true, true, true]);
});

test("the largest weights are named, all that are tied, and none where every key has the same", () => {
  assert.deepEqual(favourites([0.4136, 0.1522, 0.0206, 0.4136]), [0, 3]);
  assert.deepEqual(favourites([0.1, 0.6, 0.3]), [1]);
  assert.deepEqual(favourites([0.25, 0.25, 0.25, 0.25]), []);
});

test("heads that are off are edits of a run", () => {
  assert.deepEqual(silenced("decoder.blocks.0.attn", [true, false]), [{zero: "decoder.blocks.0.attn", head: 1}]);
  assert.deepEqual(silenced("s", [true, true]), []);
  assert.deepEqual(silenced("s", [false, false]), [{zero: "s", head: 0}, {zero: "s", head: 1}]);
});

test("rows are added up", () => assert.deepEqual(summed([[1, 2], [3, -2], [0, 0]]), [4, 0]));
