import assert from "node:assert/strict";
import test from "node:test";
import {page} from "./page.mjs";

const {legible} = await page("pixels.js");

test("numbers are written where each has room in its own cell", () => {
  const matrix = {rows: 9, columns: 8};
  assert.ok(legible(matrix, {width: 690, height: 198}));
  assert.ok(!legible(matrix, {width: 365, height: 198})); // on a phone they would stand over other cells
  assert.ok(legible({rows: 4, columns: 2}, {width: 365, height: 88}));
  assert.ok(!legible(matrix, {width: 690, height: 99}));
  assert.ok(!legible({rows: 9, columns: 32}, {width: 3000, height: 198}));
});
