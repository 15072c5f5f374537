import assert from "node:assert/strict";
import test from "node:test";
import {page, random} from "./page.mjs";

const {evidence, isOf, nameOf, seeking, sought, told} = await page("kinds.js");
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

test("chance and what is marked are those of the head that is asked about", () => {
  const one = traceOf({same: 0.6}), nothing = Array(ORDER.length).fill(NaN), same = ORDER.indexOf("same");
  const two = (first, second) => ({data: Float32Array.from([...nothing.with(same, first), ...nothing.with(same, second)])});
  const trace = {
    ...one, tensors: {"a.head_scores": two(0.6, 1), "a.head_chance": two(0.2, 1)},
    head: (_, head) => ({visible: (query, key) => (head === 1 ? key === query && query < 2 : key <= query)}),
  };
  assert.equal(isOf(trace, SITE, 0, "same"), true);
  assert.equal(isOf(trace, SITE, 1, "same"), false, "it could look nowhere else");
  assert.equal(evidence(trace, SITE, 0, "same").length, 6);
  assert.deepEqual(evidence(trace, SITE, 1, "same"), [{query: 0, key: 0}, {query: 1, key: 1}]);
});

test("what is sought is every cell that is asked about one by one", () => {
  const next = random(5), whole = (n) => Math.floor(next() * n), tokens = () => Array.from({length: 30}, () => token([whole(4), ["tea", " the", ".", "8"][whole(4)], next() < 0.2 ? null : 0]));
  const [queries, keys] = [tokens(), tokens()], links = Array.from({length: 20}, () => [whole(30), whole(30)]), visible = (query, key) => key <= query + 2;
  const looks = {
    previous: (query, key) => key === query - 1, next: (query, key) => key === query + 1, same: (query, key) => key === query, first: (query, key) => key === 0 && query > 0,
    duplicate: (query, key) => key < query && queries[query].id === keys[key].id, induction: (query, key) => key > 0 && key < query && queries[query].id === keys[key - 1].id,
    separator: (_, key) => key > 0 && (keys[key].start === null || keys[key].text === "."), alignment: (query, key) => links.some(([i, j]) => i === query && j === key),
  };
  const trace = {links, along: (_, axis) => (axis === "query" ? queries : keys), head: () => ({visible})};
  for (const [kind, looked] of Object.entries(looks)) {
    const due = queries.flatMap((_, query) => keys.flatMap((_, key) => (visible(query, key) && looked(query, key) ? [{query, key}] : [])));
    assert.ok(due.length > 0, kind);
    assert.deepEqual(sought(trace, SITE, 0, kind), due, kind);
  }
});

test("what is sought bit by bit is what is sought at once, in the same order", () => {
  const tokens = Array.from({length: 50}, (_, i) => token([i % 3, i % 4 ? "tea" : ".", 0])), trace = {along: () => tokens, head: () => ({visible: (query, key) => key <= query})};
  for (const kind of ["separator", "duplicate", "previous"]) {
    const {cells, go} = seeking(trace, SITE, 0, kind), found = [];
    let now = 0, left = true;
    while (left) {
      const until = now + 20;
      left = go(until, () => now++); // a query takes 1 ms
      found.push(cells.length);
    }
    assert.deepEqual(cells, sought(trace, SITE, 0, kind), kind);
    assert.equal(found.length, 3, kind);
    assert.ok(found[0] > 0 && found[0] < found[1] && found[1] < found[2], String(found));
  }
});
