import assert from "node:assert/strict";
import test from "node:test";
import {page} from "./page.mjs";

const {dotted, ofRows} = await page("marks.js");

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

test("of marks in the order of their queries those of some rows are found, however many stand in one", () => {
  const marks = [0, 0, 2, 2, 2, 5, 9].map((query, key) => ({query, key}));
  for (let from = 0; from <= 10; from++) {
    for (let to = from; to <= 11; to++) assert.deepEqual(ofRows(marks, {from, to}), marks.filter(({query}) => query >= from && query < to), `${from} ${to}`);
  }
  assert.deepEqual(ofRows([], {from: 0, to: 3}), []);
});
