import assert from "node:assert/strict";
import test from "node:test";
import {page, random} from "./page.mjs";

const {Blocks} = await page("blocks.js");
const {Sieve, THRESHOLDS, blind, drawnHeads, linesOf, linesOfToken, lookedAt, opacity, tally, thickness, toggled, written} = await page("lines.js");
const {visible} = await page("masks.js");
const MASKS = ["bidirectional", "causal", {prefix: 3}, {window: 2, of: "causal"}, {painted: [[2, 2, false], [0, 4, true]], of: "causal"}];

/** A head with rows that add up to 1 where anything is visible. */
function headOf(mask, nQuery = 7, nKey = nQuery, seed = 3) {
  const next = random(seed), head = {nQuery, nKey, visible: visible(mask)}, pattern = new Float32Array(nQuery * nKey);
  for (let query = 0; query < nQuery; query++) {
    const row = Array.from({length: nKey}, (_, key) => (head.visible(query, key) ? next() ** 8 : 0));
    const sum = row.reduce((a, b) => a + b, 0);
    row.forEach((w, key) => { pattern[query * nKey + key] = sum ? w / sum : 0; });
  }
  return {head, pattern};
}

/** The same by hand: [query, key, weight] of every visible pair. */
const pairs = ({head, pattern}) => Array.from(pattern, (weight, cell) => ({cell, weight, query: Math.floor(cell / head.nKey), key: cell % head.nKey}))
  .filter(({query, key}) => head.visible(query, key));
const near = (a, b) => assert.ok(Math.abs(a - b) < 1e-6, `${a} is not ${b}`);

test("every visible pair from the threshold on has a line, and no other has", () => {
  for (const mask of MASKS) {
    for (const [nQuery, nKey] of [[7, 7], [4, 9]]) {
      const one = headOf(mask, nQuery, nKey);
      for (const threshold of THRESHOLDS) {
        const found = linesOf(one.head, one.pattern, threshold), due = pairs(one).filter(({weight}) => weight >= threshold);
        assert.deepEqual([...found.cells].sort((a, b) => a - b), due.map(({cell}) => cell));
        assert.equal(found.of, pairs(one).length);
        near(found.weight, due.reduce((sum, {weight}) => sum + weight, 0));
        near(found.total, pairs(one).reduce((sum, {weight}) => sum + weight, 0));
      }
    }
  }
});

test("the heaviest line comes last, so that it is drawn on top", () => {
  const {head, pattern} = headOf("bidirectional", 20);
  const weights = Array.from(linesOf(head, pattern, 0).cells, (cell) => pattern[cell]);
  for (let i = 1; i < weights.length; i++) assert.ok(weights[i] > weights[i - 1] - 2 ** -19);
});

test("a token's lines are those of its row or its column", () => {
  for (const mask of MASKS) {
    const one = headOf(mask, 6, 8);
    for (const [axis, count] of [["query", 6], ["key", 8]]) {
      for (let index = 0; index < count; index++) {
        const found = linesOf(one.head, one.pattern, 0.05, {axis, index}), all = pairs(one).filter((pair) => pair[axis] === index);
        assert.deepEqual([...found.cells].sort((a, b) => a - b), all.filter(({weight}) => weight >= 0.05).map(({cell}) => cell));
        assert.equal(found.of, all.length);
      }
    }
  }
});

test("what several heads' lines come to is told as one", () => {
  const [a, b] = [headOf("causal"), headOf("causal", 7, 7, 9)].map(({head, pattern}) => linesOf(head, pattern, 0.1));
  const told = tally([a, b]);
  assert.equal(told.drawn, a.cells.length + b.cells.length);
  assert.equal(told.of, 56);
  near(told.share, (a.weight + b.weight) / 14);
  assert.ok(told.share < 1 && told.drawn < told.of);
});

test("where nothing is visible there are no lines, and none of them is drawn", () => {
  const {head, pattern} = headOf({window: 0, of: "causal"});
  assert.deepEqual(tally([linesOf(head, pattern, 0)]), {drawn: 0, of: 0, share: 0});
  assert.deepEqual([...blind(head)], [0, 1, 2, 3, 4, 5, 6]);
  assert.deepEqual(lookedAt(head, pattern, 3), {first: [], rest: {count: 0, weight: 0}});
  assert.deepEqual([...blind(headOf("causal").head)], []);
  assert.deepEqual([...blind(headOf({painted: [[0, 0, false]], of: "causal"}).head)], [0]);
});

test("a weight of zero that the mask allows is a line, once nothing is left out", () => {
  const head = {nQuery: 1, nKey: 3, visible: () => true}, pattern = Float32Array.of(1, 0, 0);
  assert.equal(linesOf(head, pattern, 0).cells.length, 3);
  assert.equal(linesOf(head, pattern, 0.001).cells.length, 1);
});

test("a larger weight has a thicker and a darker line, and one of zero is still to be seen", () => {
  assert.equal(opacity(1), 1);
  assert.equal(thickness(1), 7);
  assert.equal(thickness(1, 4), 4);
  assert.ok(thickness(0) > 0.5 && opacity(0) > 0.05);
  for (let i = 1; i <= 100; i++) {
    assert.ok(thickness(i / 100) > thickness((i - 1) / 100));
    assert.ok(opacity(i / 100) > opacity((i - 1) / 100));
  }
});

test("what a query looks at most is named, and the rest is counted with its weight", () => {
  const head = {nQuery: 1, nKey: 6, visible: (_, key) => key < 5}, pattern = Float32Array.of(0.1, 0.5, 0.25, 0.1, 0.05, 0);
  const {first, rest} = lookedAt(head, pattern, 0);
  assert.deepEqual(first.map(({key}) => key), [1, 2, 0]);
  assert.equal(rest.count, 2);
  near(rest.weight, 0.15);
  const few = lookedAt({...head, visible: (_, key) => key < 4}, pattern, 0);
  assert.deepEqual([few.first.length, few.rest.count], [4, 0], "nobody is called the one other");
});

test("a written weight is rounded, and a small one is not made to nothing", () => {
  assert.deepEqual([0, 0.001, 0.005, 0.0149, 0.79, 1].map(written), ["0.00", "<0.01", "0.01", "0.01", "0.79", "1.00"]);
});

test("the chosen head is drawn last, whatever is hidden", () => {
  assert.deepEqual(drawnHeads(4, 1, ""), [0, 2, 3, 1]);
  assert.deepEqual(drawnHeads(4, 1, "1,3"), [0, 2, 1]);
  assert.deepEqual(drawnHeads(1, 0, "0"), [0]);
  assert.deepEqual(drawnHeads(2, 0, "x,-1, 1,99"), [1, 0], "an address may say anything");
});

test("hiding a head twice shows it again", () => {
  assert.equal(toggled("", 2), "2");
  assert.equal(toggled("2", 0), "0,2");
  assert.equal(toggled("0,2", 2), "0");
  assert.equal(toggled("10,9", 11), "9,10,11");
});

test("of a long head the heaviest lines are sifted, and all are counted", () => {
  const {head, pattern} = headOf("causal", 60, 60), {nQuery: rows, nKey: columns, visible: sees} = head;
  const blocks = () => new Blocks({rows, columns, visible: sees, along: (query) => (key) => pattern[query * columns + key]});
  for (const [threshold, most] of [[0, 50], [0.02, 1e9], [0, 1e9]]) {
    const sieve = new Sieve(blocks(), threshold, most), due = linesOf(head, pattern, threshold);
    while (!sieve.done) sieve.next();
    const found = sieve.lines, kept = Math.min(most, due.cells.length);
    assert.deepEqual(found.weights, due.weights.slice().sort().slice(due.weights.length - kept));
    assert.deepEqual([...found.weights], [...found.cells].map((cell) => pattern[cell]));
    assert.equal(found.of, due.of);
    assert.ok(Math.abs(found.total - due.total) < 1e-9);
  }
  for (const axis of ["query", "key"]) {
    const token = {axis, index: 17}, found = linesOfToken(blocks(), 0.01, token), due = linesOf(head, pattern, 0.01, token);
    assert.deepEqual([found.weights, found.of], [due.weights.slice().sort(), due.of]);
  }
});
