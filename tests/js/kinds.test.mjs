import assert from "node:assert/strict";
import test from "node:test";
import {page} from "./page.mjs";

const {evidence, isOf, nameOf, told} = await page("kinds.js");
const ORDER = ["previous", "next", "same", "first", "duplicate", "induction", "separator", "alignment", "broad"];

const SITE = {name: "a", query: "target", key: "target"};
const token = ([id, text, start = 0]) => ({id, text, start});
const TOKENS = [[1, "<bos>", null], [7, "tea"], [8, "."], [7, "tea"], [9, "8"], [7, "tea"]].map(token);

function traceOf(scores, chance = {}) {
  const row = (told) => Float32Array.from(ORDER, (kind) => told[kind] ?? NaN);
  const tokens = {target: TOKENS};
  return {
    tensors: {"a.head_scores": {data: row(scores)}, "a.head_chance": {data: row(chance)}}, links: [[2, 1], [4, 5]],
    along: () => tokens.target, head: () => ({visible: (query, key) => key <= query}),
  };
}

const cells = (kind) => evidence(traceOf({[kind]: 0.5}, {[kind]: 0.1}), SITE, 0, kind).map(({query, key}) => [query, key]);

test("the evidence is where a head of the kind would look, of what the mask lets it see", () => {
  assert.deepEqual(cells("previous"), [[1, 0], [2, 1], [3, 2], [4, 3], [5, 4]]);
  assert.deepEqual(cells("next"), []);
  assert.deepEqual(cells("same"), [0, 1, 2, 3, 4, 5].map((i) => [i, i]));
  assert.deepEqual(cells("first"), [1, 2, 3, 4, 5].map((i) => [i, 0]));
  assert.deepEqual(cells("duplicate"), [[3, 1], [5, 1], [5, 3]]);
  assert.deepEqual(cells("induction"), [[3, 2], [5, 2], [5, 4]]);
  assert.deepEqual(cells("separator"), [[2, 2], [3, 2], [4, 2], [5, 2]], "a digit separates nothing; the first position aside");
  assert.deepEqual(cells("alignment"), [[2, 1]], "the other link is hidden by the mask");
  assert.deepEqual(cells("broad"), []);
  assert.deepEqual(cells("no such kind"), []);
});

test("nothing is marked for a kind that this sentence cannot tell", () => {
  assert.deepEqual(evidence(traceOf({}), SITE, 0, "previous"), []);
  assert.deepEqual(evidence({...traceOf({}), tensors: {}}, SITE, 0, "previous"), []);
});

test("a head is named after the kind in which it is furthest above chance", () => {
  const chance = {previous: 0.2, first: 0.2, induction: 0.05, broad: 1};
  const name = (scores) => nameOf(traceOf(scores, chance), SITE, 0);
  assert.equal(name({previous: 0.5, first: 0.6, induction: 0.55, broad: 0.9}), "induction");
  assert.equal(name({previous: 0.3, first: 0.75, broad: 0.9}), "first");
  assert.equal(name({previous: 0.3, first: 0.3, broad: 0.9}), "broad");
  assert.equal(name({previous: 0.3, first: 0.3, broad: 0.4}), "");
  assert.equal(name({}), "");
});

test("a third of the way from chance to one makes a head one of a kind", () => {
  const of = (value) => isOf(traceOf({first: value}, {first: 0.4}), SITE, 0, "first");
  assert.ok(of(0.61) && !of(0.59));
  assert.ok(!isOf(traceOf({}), SITE, 0, "first"));
});

test("what cannot be told is not listed; what is furthest above chance stands first", () => {
  const list = told(traceOf({previous: 0.5, first: 0.5}, {previous: 0.4, first: 0.1}), SITE, 0);
  assert.deepEqual(list.map(({kind}) => kind), ["first", "previous"]);
});
