import assert from "node:assert/strict";
import test from "node:test";
import {page, random} from "./page.mjs";

const {ALL_MADE, edgesOf, leadsTo, madeIn} = await page("windowing.js");

const token = (text, start = 0) => ({text, start});
const MANY = Array.from({length: 4096}, (_, i) => token(["a", " lighthouse", "灯", " the"][i % 4]));

test("every token has its own place, wider words more of it", () => {
  const edges = edgesOf(MANY), width = (i) => edges[i + 1] - edges[i];
  assert.equal(edges.length, 4097);
  assert.ok(width(1) > width(3) && width(3) > width(0) && width(4000) > width(4)); // the index is wider, too
  for (let i = 0; i < 4096; i++) assert.ok(width(i) >= 1.5);
});

test("what is in sight is made, and little more", () => {
  const edges = edgesOf(MANY), next = random(3);
  for (let turn = 0; turn < 200; turn++) {
    const left = next() * (edges.at(-1) - 60), {from, to} = madeIn(edges, left, left + 60);
    assert.ok(edges[from] <= left && edges[to] >= left + 60);
    assert.ok(to - from < ALL_MADE && from >= 0 && to <= 4096);
  }
  assert.deepEqual(madeIn(edges, 0, 1e9), {from: 0, to: 4096});
  assert.equal(madeIn(edges, -5, 10).from, 0);
});

test("a number leads to its position", () => {
  assert.equal(leadsTo(MANY, " 4095 ", 0), 4095);
  assert.equal(leadsTo(MANY, "4096", 0), null);
});

test("words lead to the next place at which they begin, over the tokens' edges, and round to the start", () => {
  const tokens = [token("<s>", null), ..."The fog, the fox; 1789".split("").map((c) => token(c))];
  assert.equal(leadsTo(tokens, "the", 0), 1);
  assert.equal(leadsTo(tokens, "the", 1), 10);
  assert.equal(leadsTo(tokens, "the", 10), 1);
  assert.equal(leadsTo(tokens, "FOX", 3), 14);
  assert.equal(leadsTo(tokens, "1789", 3), 19); // no such position
  assert.equal(leadsTo(tokens, "cat", 3), null);
  assert.equal(leadsTo(tokens, "  ", 3), null);
});

test("a character in several bytes is found at its first", () => {
  const tokens = [token("a"), {text: "🐟", start: 1, part: [0, 2]}, {text: "🐟", start: 1, part: [1, 2]}, token("b")];
  assert.equal(leadsTo(tokens, "🐟", 0), 1);
  assert.equal(leadsTo(tokens, "b", 0), 3);
});
