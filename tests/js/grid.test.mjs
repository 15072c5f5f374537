import assert from "node:assert/strict";
import test from "node:test";
import {page} from "./page.mjs";

const {finds, groupsOf, neighbour} = await page("grid.js");
const ANY = {kind: "", sort: "block", wanted: () => true};
const PREVIOUS = 0, N_KINDS = 9;

/** A trace of these sites, every head's score for "previous" given, all others unknown. */
function traceOf(sites, scores = {}) {
  const tensors = {};
  for (const {name, n_heads} of sites) {
    const data = new Float32Array(n_heads * N_KINDS).fill(NaN), chance = new Float32Array(n_heads * N_KINDS).fill(NaN);
    for (let head = 0; head < n_heads; head++) chance[head * N_KINDS + PREVIOUS] = 0.2;
    (scores[name] ?? []).forEach((value, head) => { data[head * N_KINDS + PREVIOUS] = value; });
    Object.assign(tensors, {[`${name}.head_scores`]: {data}, [`${name}.head_chance`]: {data: chance}});
  }
  return {sites, tensors};
}

const sitesOf = (...list) => list.map(([name, n_heads]) => ({name, n_heads, layer: Number(name.match(/\d+/)[0])}));
const places = (groups) => groups.map(({rows}) => rows.map((row) => row.map(({site, head}) => `${site.name}/${head}`)));

test("arrow keys walk from head to head through all blocks, and stop at the edges", () => {
  const sites = sitesOf(["encoder.blocks.0.attn", 4], ["encoder.blocks.1.attn", 4], ["decoder.blocks.0.attn", 2]);
  const groups = groupsOf(traceOf(sites), ANY);
  const from = (at, head, key) => {
    const next = neighbour(groups, sites[at], head, key);
    return next && [sites.indexOf(next.site), next.head];
  };
  assert.deepEqual(from(0, 0, "ArrowRight"), [0, 1]);
  assert.deepEqual(from(0, 3, "ArrowRight"), [0, 3]);
  assert.deepEqual(from(0, 0, "ArrowUp"), [0, 0]);
  assert.deepEqual(from(0, 1, "ArrowDown"), [1, 1]);
  assert.deepEqual(from(1, 3, "ArrowDown"), [2, 1], "a block with fewer heads has its last one chosen");
  assert.deepEqual(from(1, 2, "Home"), [1, 0]);
  assert.deepEqual(from(1, 2, "End"), [1, 3]);
  assert.equal(from(1, 2, "Enter"), null);
});

test("blocks of one sort stand together, whatever the order they ran in", () => {
  const sites = sitesOf(["decoder.blocks.0.attn", 2], ["decoder.blocks.0.cross_attn", 2], ["decoder.blocks.1.attn", 2],
    ["decoder.blocks.1.cross_attn", 2]);
  const groups = groupsOf(traceOf(sites), ANY), walked = [sites[0]];
  for (let i = 0; i < 3; i++) walked.push(neighbour(groups, walked[i], 0, "ArrowDown").site);
  assert.deepEqual(walked.map((site) => site.name), [0, 2, 1, 3].map((i) => sites[i].name));
});

test("sorted by a kind's score, the highest stand first, and those that cannot be told are left out", () => {
  const sites = sitesOf(["decoder.blocks.0.attn", 3], ["decoder.blocks.1.attn", 3], ["decoder.blocks.1.cross_attn", 3]);
  const trace = traceOf(sites, {"decoder.blocks.0.attn": [0.2, 0.9, 0.5], "decoder.blocks.1.attn": [0.95, 0.1, 0.6]});
  const groups = groupsOf(trace, {...ANY, kind: "previous", sort: "score"});
  assert.deepEqual(places(groups), [[
    ["decoder.blocks.1.attn/0", "decoder.blocks.0.attn/1", "decoder.blocks.1.attn/2"],
    ["decoder.blocks.0.attn/2", "decoder.blocks.0.attn/0", "decoder.blocks.1.attn/1"],
  ]]);
  const next = neighbour(groups, sites[1], 0, "ArrowRight");
  assert.deepEqual([next.site.name, next.head], ["decoder.blocks.0.attn", 1]);
  assert.deepEqual(places(groupsOf(trace, {...ANY, kind: "induction", sort: "score"})), []);
});

test("what is not wanted is left out, and the arrow keys walk over what is left", () => {
  const sites = sitesOf(["encoder.blocks.0.attn", 3], ["encoder.blocks.1.attn", 3], ["encoder.blocks.2.attn", 3]);
  const groups = groupsOf(traceOf(sites), {...ANY, wanted: ({layer}, head) => layer !== 1 && head !== 1});
  assert.deepEqual(places(groups), [[["encoder.blocks.0.attn/0", "encoder.blocks.0.attn/2"], ["encoder.blocks.2.attn/0", "encoder.blocks.2.attn/2"]]]);
  const next = neighbour(groups, sites[0], 2, "ArrowDown");
  assert.deepEqual([next.site.layer, next.head], [2, 2]);
  const found = neighbour(groups, sites[1], 1, "ArrowDown");
  assert.deepEqual([found.site.layer, found.head], [0, 0], "from a head that is not shown to the first that is");
  assert.equal(neighbour([], sites[0], 0, "ArrowDown"), null);
});

test("a search finds a head by its kind in any language, and by its place", () => {
  const sites = sitesOf(["decoder.blocks.1.attn", 2]), trace = traceOf(sites, {"decoder.blocks.1.attn": [0.9, 0.25]});
  const kinds = [{name: "previous", title: {en: "previous", zh: "前一个"}}];
  const found = (search, head = 0) => finds(search, trace, sites[0], head, kinds, `block 1 · head ${head}`);
  for (const search of ["", "  ", "previous", "PREV", "前一", "1.0", "block 1", "decoder.blocks.1"]) assert.ok(found(search), search);
  for (const search of ["induction", "1.1", "block 2", "x"]) assert.ok(!found(search), search);
  assert.ok(!found("previous", 1), "a head hardly above chance has no name");
});
