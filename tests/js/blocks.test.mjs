import assert from "node:assert/strict";
import test from "node:test";
import {page, random} from "./page.mjs";

const {Blocks, SIDE, blocksOf} = await page("blocks.js");
const {foremost, magnitude, part, patches, pool, shapeOf} = await page("tiling.js");

const N = 2 * SIDE + 77, D = 6;

/** A causal head of random queries and keys, its denominators worked out here. */
function head() {
  const next = random(11), vectors = () => Array.from({length: N}, () => Float32Array.from({length: D}, () => 4 * next() - 2));
  const [q, k, v] = [vectors(), vectors(), vectors()], scale = 0.4;
  const score = (i, j) => scale * q[i].reduce((sum, x, d) => sum + x * k[j][d], 0), visible = (i, j) => j <= i;
  const logs = q.map((_, i) => Math.log(Array.from({length: i + 1}, (_, j) => Math.exp(score(i, j))).reduce((a, b) => a + b)));
  return {nQuery: N, nKey: N, scale, softcap: null, visible, score, q: (i) => q[i], k: (j) => k[j], v: (j) => v[j], logDenominator: (i) => logs[i]};
}

const HEAD = head(), trace = {head: () => HEAD}, of = (what, from) => blocksOf(trace, null, 0, what, from);
const near = (a, b, by = 1e-12) => assert.ok(Math.abs(a - b) <= by, `${a} and ${b}`);

test("any cell is the softmax of its row, the score, or the weight by the length of the value", () => {
  const [weights, scores, norms] = ["weights", "scores", "norms"].map((what) => of(what));
  for (const i of [0, 5, SIDE - 1, SIDE, N - 1]) {
    const powers = Array.from({length: i + 1}, (_, j) => Math.exp(HEAD.score(i, j))), sum = powers.reduce((a, b) => a + b);
    for (const j of [0, Math.floor(i / 2), i]) {
      near(weights.at(i, j), powers[j] / sum);
      near(scores.at(i, j), HEAD.score(i, j));
      near(norms.at(i, j), powers[j] / sum * Math.hypot(...HEAD.v(j)));
    }
  }
  assert.ok(Number.isNaN(weights.at(3, 4)));
  assert.ok(Number.isNaN(of("weights", 1).at(9, 0)) && of("weights", 1).at(9, 1) > 0);
});

test("a score before its bias is the product, then scaled, then capped", () => {
  const biased = {...HEAD, softcap: 0.7, bias: (i, j) => 0.01 * (j - i)}, of = (what) => blocksOf({head: () => biased}, null, 0, what, 0, () => true);
  const [products, scaled, capped, scores] = ["products", "scaled", "capped", "scores"].map(of);
  for (const [i, j] of [[0, N - 1], [SIDE, 3], [7, 7]]) {
    const product = HEAD.score(i, j) / HEAD.scale, limited = 0.7 * Math.tanh(HEAD.score(i, j) / 0.7);
    near(products.at(i, j), product);
    near(scaled.at(i, j), HEAD.score(i, j));
    near(capped.at(i, j), limited);
    near(scores.at(i, j), limited + 0.01 * (j - i));
  }
});

test("blocks hold the cells, and what is under a rectangle is all of it", () => {
  const blocks = of("weights");
  assert.equal(blocks.count, 9);
  assert.deepEqual(blocks.under({top: SIDE - 1, left: 0, height: 2, width: SIDE}), [0, 3]);
  assert.deepEqual(blocks.under({top: 0, left: 0, height: 10 * N, width: 10 * N}), [0, 1, 2, 3, 4, 5, 6, 7, 8]);
  const {top, left, height, width} = blocks.place(8), values = blocks.block(8);
  assert.deepEqual([top, left, height, width], [2 * SIDE, 2 * SIDE, 77, 77]);
  for (let row = 0; row < height; row += 7) {
    for (let column = 0; column < width; column += 5) assert.deepEqual(values[row * width + column], Math.fround(blocks.at(top + row, left + column)));
  }
});

test("patches pooled block by block are those of the whole matrix", () => {
  const blocks = of("scores"), values = Float32Array.from({length: N * N}, (_, i) => blocks.at(Math.floor(i / N), i % N)), dense = {values, rows: N, columns: N};
  for (const sides of [{down: 1, across: 1}, {down: 7, across: 7}, {down: 5, across: 3}, {down: 300, across: 600}]) {
    const {rows, columns} = shapeOf(blocks, sides), found = new Float32Array(rows * columns).fill(NaN);
    const piece = {patches: {values: found, columns}, cells: {top: 0, left: 0, height: N, width: N}, sides};
    for (const index of blocks.under(piece.cells)) pool(blocks.block(index), blocks.place(index), piece);
    assert.deepEqual(found, patches(dense, sides).values);
  }
  const cells = {top: 35, left: 70, height: 14 * 7, width: 40 * 7}, some = new Float32Array(14 * 40).fill(NaN);
  for (const index of blocks.under(cells)) pool(blocks.block(index), blocks.place(index), {patches: {values: some, columns: 40}, cells, sides: {down: 7, across: 7}});
  const whole = patches(dense, {down: 7, across: 7});
  for (let i = 0; i < some.length; i++) assert.deepEqual(some[i], whole.values[(5 + Math.floor(i / 40)) * whole.columns + 10 + i % 40]);
  assert.deepEqual(foremost(blocks, {row: 400, column: 300}, {down: 9, across: 9}), foremost(dense, {row: 400, column: 300}, {down: 9, across: 9}));
});

test("the largest is known once every block was worked out", () => {
  const blocks = of("scores");
  while (blocks.next());
  assert.ok(!blocks.seen.includes(0));
  near(blocks.largest, magnitude({values: Float64Array.from({length: N * N}, (_, i) => blocks.at(Math.floor(i / N), i % N))}));
});

test("no more than so many blocks are kept", () => {
  const blocks = new Blocks({rows: 30 * SIDE, columns: 30 * SIDE, visible: () => false, along: () => () => 0});
  for (let index = 0; index < blocks.count; index++) blocks.block(index);
  assert.ok(blocks.kept.size <= 256 && blocks.kept.has(blocks.count - 1) && !blocks.kept.has(0));
});

test("a part has the numbers with all their digits", () => {
  const blocks = of("weights"), {values, rows, columns} = part(blocks, {from: 10, to: 12}, {from: 9, to: 12});
  assert.deepEqual([rows, columns], [2, 3]);
  assert.deepEqual([...values], [9, 10, 11].map((j) => blocks.at(10, j)).concat([9, 10, 11].map((j) => blocks.at(11, j))));
});
