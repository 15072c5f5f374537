import assert from "node:assert/strict";
import test from "node:test";
import {page} from "./page.mjs";

const {SHOWN, pageOf, turned} = await page("paging.js"), {inSight} = await page("selection.js");

test("a page holds the chosen token and at most sixteen", () => {
  for (const count of [1, 15, 16, 17, 40, 256]) {
    for (let chosen = 0; chosen < count; chosen++) {
      const {from, to} = pageOf(count, chosen);
      assert.ok(from <= chosen && chosen < to && to <= count && to - from <= SHOWN, `${chosen} of ${count}: ${from} to ${to}`);
    }
  }
});

test("pages are of equal length, but for what is left over on the last", () => {
  const lengths = (count) => {
    const found = [];
    for (let at = 0; at < count; at = pageOf(count, at).to) found.push(pageOf(count, at).to - at);
    return found;
  };
  assert.deepEqual(lengths(16), [16]);
  assert.deepEqual(lengths(17), [9, 8]);
  assert.deepEqual(lengths(30), [15, 15]);
  assert.deepEqual(lengths(33), [11, 11, 11]);
  assert.deepEqual(lengths(40), [14, 14, 12]);
});

test("turning a page leads to the same place on the next, and not beyond the ends", () => {
  assert.equal(turned(40, 3, 1), 17);
  assert.equal(turned(40, 17, -1), 3);
  assert.equal(turned(40, 30, 1), 39);
  assert.equal(turned(40, 3, -1), 0);
});

test("with a query all of whose page is masked where keys are shown its own place comes, and nothing else is moved", () => {
  const sight = (cell, head, key) => inSight({head: () => head}, {site: null, head: 0, key}, cell);
  const causal = {nQuery: 1024, nKey: 1024, visible: (query, key) => key <= query}, near = {...causal, visible: (query, key) => key <= query && key > query - 4};
  assert.deepEqual(sight({query: 100}, causal, 900), {query: 100, key: 100}, "all of the page lies ahead");
  assert.deepEqual(sight({query: 900}, causal, 100), {query: 900}, "keys behind are seen");
  assert.deepEqual(sight({query: 900}, near, 100), {query: 900, key: 900}, "out of the window");
  assert.deepEqual(sight({query: 33}, causal, 46), {query: 33}, "of the page that both stand on something is seen");
  assert.deepEqual(sight({query: 100, key: 900}, causal, 5), {query: 100, key: 900}, "a cell is chosen as it is");
  assert.deepEqual(sight({key: 900}, causal, 5), {key: 900});
  assert.deepEqual(sight({query: 500}, {...causal, visible: (query, key) => key < query - 2}, 900), {query: 500, key: 497}, "not itself: the nearest");
  assert.deepEqual(sight({query: 500}, {nQuery: 1024, nKey: 40, visible: () => false}, 3), {query: 500, key: 39}, "nothing at all");
});
