import assert from "node:assert/strict";
import test from "node:test";
import {page, random} from "./page.mjs";

const {hides, requested, specOf, stretch, visible} = await page("masks.js");
const N = 9;

/** The definitions again, as sets of keys: slow, and written another way. */
function keysOf(spec, query) {
  const all = Array.from({length: N}, (_, key) => key);
  if (spec === "bidirectional") return new Set(all);
  if (spec === "causal") return new Set(all.slice(0, query + 1));
  if (spec.prefix !== undefined) return new Set(all.slice(0, Math.max(spec.prefix, query + 1)));
  const keys = keysOf(spec.of, query);
  if (spec.window !== undefined) {
    return new Set([...keys].filter((key) => key > query - spec.window && key < query + spec.window));
  }
  for (const [row, key, on] of spec.painted) if (row === query) keys[on ? "add" : "delete"](key);
  return keys;
}

const agree = (spec) => {
  const sees = visible(spec);
  for (let query = 0; query < N; query++) {
    const keys = keysOf(spec, query);
    for (let key = 0; key < N; key++) {
      assert.equal(sees(query, key), keys.has(key), `${JSON.stringify(spec)} at ${query}, ${key}`);
    }
  }
};

test("every mask is its definition", () => {
  agree("bidirectional");
  agree("causal");
  for (let count = 0; count <= N + 1; count++) {
    agree({prefix: count});
    for (const of of ["causal", "bidirectional"]) agree({window: count, of});
  }
});

test("a painted cell is what was said of it last, and the rest is as below", () => {
  agree({painted: [], of: "causal"});
  agree({painted: [[0, 5, true], [4, 4, false]], of: "causal"});
  agree({painted: [[0, 5, false], [0, 5, true], [3, 1, true], [3, 1, false]], of: "bidirectional"});
  const next = random(4), whole = () => Math.floor(next() * N);
  for (let i = 0; i < 50; i++) {
    agree({painted: Array.from({length: 12}, () => [whole(), whole(), next() < 0.5]), of: next() < 0.5 ? "causal" : "bidirectional"});
  }
});

test("masks lie on masks", () => {
  agree({window: 2, of: {prefix: 4}});
  agree({painted: [[2, 2, false], [0, 8, true]], of: {window: 3, of: "causal"}});
  agree({window: 3, of: {painted: [[0, 1, true], [0, 8, true]], of: "causal"}});
});

test("a window of 0 shows nothing to anyone", () => {
  const sees = visible({window: 0, of: "bidirectional"});
  for (let query = 0; query < N; query++) for (let key = 0; key < N; key++) assert.equal(sees(query, key), false);
});

test("what is no mask is not taken for one", () => {
  for (const spec of [undefined, null, "", "native", {}, {diagonal: 1}, {window: 3}, 3]) {
    assert.throws(() => visible(spec)(0, 0), `${JSON.stringify(spec)}`);
  }
});

test("the picker's words are the API's masks", () => {
  assert.equal(requested("native"), "native");
  assert.equal(requested("bidirectional"), "bidirectional");
  assert.equal(requested("causal"), "causal");
  assert.deepEqual(requested("prefix:3"), {prefix: 3});
  assert.deepEqual(requested("window:0"), {window: 0});
});

test("nothing painted yet is no mask of its own", () => {
  assert.equal(requested("painted:"), "native");
  assert.equal(specOf("painted:", "causal"), "causal");
});

test("a word is the mask that a site of the run carries", () => {
  assert.equal(specOf("native", "bidirectional"), "bidirectional");
  assert.equal(specOf("causal", "bidirectional"), "causal");
  assert.deepEqual(specOf("prefix:3", "causal"), {prefix: 3});
  assert.deepEqual(specOf("window:2", "causal"), {window: 2, of: "causal"});
  assert.deepEqual(specOf("painted:2.0-1.3+", "causal"), {painted: [[2, 0, false], [1, 3, true]], of: "causal"});
});

test("a mask hides something where any pair is not seen", () => {
  for (const [spec, rows, columns, due] of [["bidirectional", 4, 4, false], ["causal", 1, 1, false], ["causal", 2, 2, true], [{prefix: 4}, 4, 4, false],
    [{prefix: 3}, 4, 4, true], [{painted: [[0, 1, true]], of: "causal"}, 2, 2, false], [{painted: [[1, 0, false]], of: "bidirectional"}, 2, 2, true]]) {
    assert.equal(hides(spec, rows, columns), due, JSON.stringify(spec));
  }
});

test("a listed mask shows each query its own stretch of keys", async () => {
  const {visible: sees, hides: hidden} = await page("masks.js"), spec = {listed: [[0, 1], [0, 2], [1, 3]]};
  assert.deepEqual([0, 1, 2].map((i) => [0, 1, 2].map((j) => sees(spec)(i, j))), [[true, false, false], [true, true, false], [false, true, true]]);
  assert.equal(hidden(spec, 3, 3), true);
});

test("what is painted on is the mask of the block in view, and the model's where all are alike or another mask is asked for", async () => {
  const {beneathPaint} = await page("masks.js"), wide = {window: 4, of: "causal"}, cells = [[5, 0, true]];
  const at = (mask, layer, more = {}) => ({layer, query: "target", key: "target", mask, ...more});
  const told = (masks, layer, asked) => beneathPaint({sites: masks.map((mask, i) => at(mask, i)), predicted: "target", request: {mask: asked}}, at(masks[layer], layer), wide);
  assert.deepEqual(told([wide, "causal"], 1, "native"), {native: "causal", block: 1});
  assert.deepEqual(told([wide, "causal"], 0, "native"), {native: wide, block: 0});
  const painted = [wide, "causal"].map((of) => ({painted: cells, of}));
  assert.deepEqual(told(painted, 1, {painted: cells}), {native: "causal", block: 1});
  assert.deepEqual(told([painted[0], {window: 1, of: {painted: [[1, 0, false]], of: painted[1]}}], 1, {painted: cells}), {native: "causal", block: 1}); // edits of this site
  assert.deepEqual(told([wide, wide], 1, "native"), {native: wide, block: null});
  assert.deepEqual(told([wide, "causal"], 1, "causal"), {native: wide, block: 0});
  const crosses = {sites: [at(wide, 0), at("causal", 1), at("bidirectional", 1, {key: "source"})], predicted: "target", request: {mask: "native"}};
  assert.deepEqual(beneathPaint(crosses, crosses.sites[2], wide), {native: "causal", block: 1}); // of the block's self-attention
  assert.deepEqual(beneathPaint(crosses, at("bidirectional", 1, {query: "source", key: "source"}), wide), {native: wide, block: 0});
});

test("blocks differ where their native masks do, painted or not", async () => {
  const {differ} = await page("masks.js"), wide = {window: 4, of: "causal"};
  const sites = (...masks) => masks.map((mask) => ({query: "target", key: "target", mask}));
  assert.equal(differ(sites(wide, "causal"), "target"), true);
  assert.equal(differ(sites(wide, {...wide}), "target"), false);
  assert.equal(differ(sites({painted: [[0, 0, false]], of: wide}, {painted: [[0, 0, false]], of: "causal"}), "target"), true);
  assert.equal(differ([...sites("causal"), {query: "target", key: "source", mask: "bidirectional"}], "target"), false);
});

test("a stretch holds the keys that a query sees, and is told of every query in whose row nothing is painted", () => {
  const below = ["bidirectional", "causal", {prefix: 4}, {listed: Array.from({length: N}, (_, query) => [query >> 1, query])}], painted = {painted: [[2, 2, false], [0, 8, true]], of: "causal"};
  const all = below.flatMap((of) => [of, ...[0, 1, 3].map((window) => ({window, of}))]).concat([painted, {window: 3, of: painted}]);
  for (const spec of all) {
    const sees = visible(spec), along = stretch(spec);
    for (let query = 0; query < N; query++) {
      const seen = along(query);
      assert.equal(seen === null, JSON.stringify(spec).includes("painted") && [0, 2].includes(query));
      for (let key = 0; seen && key < N; key++) assert.equal(key >= seen[0] && key < seen[1], sees(query, key), `${JSON.stringify(spec)} at ${query}, ${key}`);
    }
    const some = Array.from({length: N * N}, (_, i) => sees(Math.floor(i / N), i % N));
    assert.equal(hides(spec, N, N), some.includes(false));
  }
});
