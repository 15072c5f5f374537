import assert from "node:assert/strict";
import test from "node:test";
import {page} from "./page.mjs";

const {bytes, crossover, flops, scoreBytes, short} = await page("cost.js");

/** Multiplications and additions of [a, b] @ [b, c], counted one by one. */
const product = (a, b, c) => {
  let count = 0;
  for (let i = 0; i < a; i++) for (let j = 0; j < c; j++) for (let k = 0; k < b; k++) count += 2;
  return count;
};

test("the parts of a block are its matrix products, counted", () => {
  for (const [n, d] of [[3, 4], [7, 8], [16, 4]]) {
    const found = flops(n, d);
    assert.equal(found.projections, 4 * product(n, d, d));
    assert.equal(found.mlp, product(n, d, 4 * d) + product(n, 4 * d, d));
    assert.equal(found.matrix, product(n, d, n) + product(n, n, d));
    assert.equal(found.whole, found.projections + found.mlp + found.matrix);
  }
});

test("at 6d tokens the matrix costs as much as the rest, and more beyond", () => {
  for (const d of [128, 768, 12_288]) {
    const at = flops(crossover(d), d), beyond = flops(crossover(d) + 1, d);
    assert.equal(at.matrix, at.projections + at.mlp);
    assert.ok(beyond.matrix > beyond.projections + beyond.mlp);
  }
  assert.equal(crossover(768), 4608);
});

test("scores double twice when the text doubles", () => {
  assert.deepEqual([1024, 4096, 32_768, 131_072].map((n) => bytes(scoreBytes(n))), ["2 MiB", "32 MiB", "2 GiB", "32 GiB"]);
});

test("large numbers are short", () => {
  assert.deepEqual([12, 1000, 4_294_967_296, 1.5e12].map(short), ["12", "1 K", "4.29 G", "1.5 T"]);
});
