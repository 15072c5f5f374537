import assert from "node:assert/strict";
import test from "node:test";
import {page} from "./page.mjs";

const {dotted} = await page("marks.js");

const DIAGONAL = Array.from({length: 1024}, (_, i) => ({query: i, key: i}));

test("of small cells dots stand apart, each at a marked cell, and every marked cell has one near it", () => {
  for (const size of [{wide: 0.3, high: 0.3}, {wide: 1, high: 1}, {wide: 2.4, high: 2.4}, {wide: 20, high: 0.4}]) {
    const dots = dotted(DIAGONAL, size), at = ({query, key}) => [key * size.wide, query * size.high];
    assert.ok(dots.every((dot) => DIAGONAL.includes(dot)));
    const places = dots.map(at);
    for (const mark of DIAGONAL) {
      const [x, y] = at(mark);
      assert.ok(places.some(([left, top]) => Math.abs(left - x) <= Math.max(6, size.wide) && Math.abs(top - y) <= Math.max(6, size.high)), JSON.stringify(mark));
    }
    assert.ok(dots.length <= 1 + 1024 * Math.max(size.wide, size.high) / 2.4);
  }
});

test("where cells are as large as the room of a dot each mark has its own", () => {
  assert.deepEqual(dotted(DIAGONAL, {wide: 5, high: 5}), DIAGONAL);
  assert.deepEqual(dotted([], {wide: 1, high: 1}), []);
});
