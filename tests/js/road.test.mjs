import assert from "node:assert/strict";
import test from "node:test";
import {page} from "./page.mjs";

const {apartOf, journey, length} = await page("road.js");

/** The first token of 我爱, worked by hand; of the second only what it reads matters here. */
function run(config, changes = {}) {
  const of = (row) => ({data: [row, row.map(() => 0)]}), block = "decoder.blocks.0";
  const rows = {"decoder.embed": [1, 0, 0, 0], "decoder.pos_embed": [0, 0, 0, 1], [`${block}.resid_pre`]: [1, 0, 0, 1], [`${block}.attn_out`]: [2, 0, 0, 0],
    [`${block}.resid_mid`]: [3, 0, 0, 1], [`${block}.mlp.pre`]: [2, -1, -1, 0], [`${block}.mlp.post`]: [2, 0, 0, 0], [`${block}.mlp_out`]: [2, 0, 0, 0], [`${block}.resid_post`]: [5, 0, 0, 1], ...changes};
  return {
    model: {config: {norm: "none", residual: true, ...config}},
    tensors: {...Object.fromEntries(Object.entries(rows).map(([name, row]) => [name, of(row)])), [`${block}.attn.z`]: {data: [[[1, 0], [0, 0]], [[0, 1], [0, 0]]]},
      [`${block}.attn.pattern`]: {data: [[[1, 0], [0.5, 0.5]], [[1, 0], [0, 1]]]}},
  };
}

test("what a sublayer makes is added to what stands on the road", () => {
  const way = journey(run(), 0), [attention, mlp] = way.sublayers;
  assert.deepEqual(way.start.vector, [1, 0, 0, 1]);
  assert.deepEqual(attention.joined, [3, 0, 0, 1]);
  assert.deepEqual(mlp.joined, [5, 0, 0, 1]);
  assert.deepEqual(attention.inside.map(({head, vector}) => [head, vector]), [[0, [1, 0]], [1, [0, 1]]]);
  assert.equal(apartOf(way), 0);
  assert.equal(length(attention.result.vector), Math.sqrt(10));
});

test("a road that does not add up is told", () => {
  assert.equal(apartOf(journey(run({}, {"decoder.blocks.0.resid_post": [5, 0, 0.25, 1]}), 0)), 0.25);
});

test("attention reads the tokens that any head takes something from, the MLP its own alone", () => {
  assert.deepEqual(journey(run(), 0).sublayers.map(({reads}) => reads), [[0], [0]]);
  assert.deepEqual(journey(run(), 1).sublayers.map(({reads}) => reads), [[0, 1], [1]]);
});

test("a norm stands before what reads it, or after the sum", () => {
  const normalized = {"decoder.blocks.0.norm_mlp.normalized": [1.633, -0.8165, -0.8165, 0]};
  const [, before] = journey(run({norm: "pre-mlp"}, normalized), 0).sublayers, [, after] = journey(run({norm: "post"}, normalized), 0).sublayers;
  assert.deepEqual([before.before.mean, before.after], [1, null]);
  assert.ok(Math.abs(before.before.variance - 1.5) < 1e-12);
  assert.deepEqual([after.before, after.after.mean], [null, 1.5]); // of the sum, 5 0 0 1
});

test("without a residual what is made takes the place of the stream", () => {
  const way = journey(run({residual: false}, {"decoder.blocks.0.resid_mid": [2, 0, 0, 0], "decoder.blocks.0.resid_post": [2, 0, 0, 0]}), 0);
  assert.deepEqual(way.sublayers.map(({joined}) => joined), [[2, 0, 0, 0], [2, 0, 0, 0]]);
  assert.equal(apartOf(way), 0);
});
