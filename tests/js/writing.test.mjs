import assert from "node:assert/strict";
import test from "node:test";
import {page, random} from "./page.mjs";

const {PARTS, begunAt, meanShares, shares} = await page("spread.js");
const {idsOf, tree} = await page("beams.js");
const {kept} = await page("kept.js");
const {samplingOf, temperatureOf} = await page("sampling.js");
const {over, special} = await page("labels.js");

const near = (a, b) => assert.ok(Math.abs(a - b) < 1e-12, `${a} is not ${b}`);

test("the shares of a row are of the first position, what was given, what was written and the token itself", () => {
  const weights = [0.1, 0.2, 0.05, 0.3, 0.15, 0.2, 0];
  const found = shares(weights, 5, 3);
  near(found.first, 0.1);
  near(found.given, 0.25);
  near(found.own, 0.45);
  near(found.itself, 0.2);
  assert.deepEqual(Object.keys(found), PARTS);
});

test("shares of any row add up to it, and the first written token has none of its own before it", () => {
  const next = random(3);
  for (let i = 0; i < 50; i++) {
    const n = 2 + Math.floor(next() * 20), query = 1 + Math.floor(next() * (n - 1)), begun = 1 + Math.floor(next() * query);
    const weights = Float32Array.from({length: n}, () => next()), found = shares(weights, query, begun);
    near(PARTS.reduce((sum, part) => sum + found[part], 0), weights.reduce((a, b) => a + b, 0));
    if (query === begun) near(found.own, weights.slice(query + 1).reduce((a, b) => a + b, 0));
  }
});

test("of several heads it is the mean", () => {
  const found = meanShares([[1, 0, 0], [0, 0.5, 0.5]], 2, 1);
  assert.deepEqual(found, {first: 0.5, given: 0, own: 0.25, itself: 0.25});
});

test("writing begins behind what was given", () => {
  const tokens = {target: Array(7)};
  assert.equal(begunAt({tokens, request: {written: [1, 2]}}), 5);
  assert.equal(begunAt({tokens, request: {written: []}}), null);
  assert.equal(begunAt({tokens, request: {}}), null);
});

const STEPS = [
  {kept: [{parent: null, id: 5, total: -1}, {parent: null, id: 6, total: -2}], dropped: [{parent: null, id: 7, total: -3}]},
  {kept: [{parent: 1, id: 8, total: -2.5}, {parent: 0, id: 9, total: -2.6}], dropped: [{parent: 0, id: 8, total: -4}]},
  {kept: [{parent: 1, id: 3, total: -2.7, finished: true}, {parent: 1, id: 4, total: -5}], dropped: []},
];

test("a search is a tree: each node goes on from one that was kept, and the winner's way is told", () => {
  const grown = tree(STEPS, {ids: [5, 9, 3]});
  assert.deepEqual(grown.map((nodes) => nodes.map(({id}) => id)), [[5, 6, 7], [8, 9, 8], [3, 4]]);
  assert.deepEqual(idsOf(grown[1][0]), [6, 8]);
  assert.deepEqual(idsOf(grown[1][2]), [5, 8]);
  assert.deepEqual(idsOf(grown[2][1]), [5, 9, 4]);
  assert.deepEqual(grown.flat().filter(({best}) => best).map(({at}) => at), [[0, 0], [1, 1], [2, 0]]);
  assert.ok(tree(STEPS, null).flat().every(({best}) => !best));
  assert.deepEqual(tree([], null), []);
});

const SITE = {name: "decoder.blocks.0.attn", query: "target", key: "target"};
const run = (ids, value) => ({
  model: {id: "decoder"}, sites: [SITE], tokens: {target: ids.map((id) => ({id}))},
  tensors: Object.fromEntries(["k", "v"].map((name) => [`${SITE.name}.${name}`,
    {shape: [2, ids.length, 3], data: Float32Array.from({length: 6 * ids.length}, (_, i) => value(name, Math.floor(i / 3 / ids.length), Math.floor(i / 3) % ids.length, i % 3))}])),
});

test("keys and values at common positions are compared, head by head", () => {
  const value = (name, head, position, i) => head * 100 + position * 10 + i + (name === "v" ? 0.5 : 0);
  const before = run([4, 5], value), after = run([4, 5, 6], value);
  assert.deepEqual(kept(before, after), {positions: 2, numbers: 24, difference: 0});
  const other = run([4, 5, 6], (...at) => value(...at) + (at.join() === "v,1,1,2" ? 0.25 : at[2] === 2 ? 9 : 0));
  assert.equal(kept(before, other).difference, 0.25);
  assert.equal(kept(before, run([4, 7, 6], value)), null);
  assert.equal(kept(after, before), null);
  assert.equal(kept(before, {...after, model: {id: "other"}}), null);
});

test("a story is drawn and a translation takes the likeliest token, where the address says nothing", () => {
  const said = (values) => Object.fromEntries(Object.entries({temperature: "", top_k: "0", top_p: "0.9", seed: null, ...values}).map(([name, value]) => [name, {value}]));
  assert.deepEqual(samplingOf(said({}), "decoder"), {temperature: 0.8, seed: 0, top_k: null, top_p: 0.9});
  assert.equal(samplingOf(said({}), "encoder-decoder").temperature, 0);
  assert.deepEqual(samplingOf(said({temperature: "1.5", top_k: "5", top_p: "1", seed: 7}), "encoder-decoder"), {temperature: 1.5, seed: 7, top_k: 5, top_p: null});
  assert.equal(temperatureOf("0", "decoder"), "0");
});

test("a byte of a rare character can be written, what ends a text cannot", () => {
  assert.deepEqual(["<eos>", "<sep>", "<0xE4>", " a", "<b"].map((text) => over({text})), [true, true, false, false, false]);
  assert.equal(special({text: "<0xE4>"}), true);
});
