import assert from "node:assert/strict";
import test from "node:test";
import {page} from "./page.mjs";

const {SHOWN, pageOf, turned} = await page("paging.js");

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
