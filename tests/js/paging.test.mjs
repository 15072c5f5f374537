import assert from "node:assert/strict";
import test from "node:test";
import {page} from "./page.mjs";

const {SHOWN, pageOf, turned} = await page("paging.js");

test("a page holds the chosen token and at most sixteen", () => {
  for (const count of [1, 15, 16, 17, 40, 256]) {
    for (let chosen = 0; chosen < count; chosen++) {
      const {from, to} = pageOf(count, chosen);
      assert.ok(from <= chosen && chosen < to && to <= count && to - from <= SHOWN, `${chosen} of ${count}: ${from} to ${to}`);
      assert.equal(from % SHOWN, 0);
    }
  }
});

test("turning a page leads to the same place on the next, and not beyond the ends", () => {
  assert.equal(turned(40, 3, 1), 19);
  assert.equal(turned(40, 19, -1), 3);
  assert.equal(turned(40, 30, 1), 39);
  assert.equal(turned(40, 3, -1), 0);
});
