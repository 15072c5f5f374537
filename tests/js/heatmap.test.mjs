import assert from "node:assert/strict";
import test from "node:test";
import {page} from "./page.mjs";

const {fitting, moved} = await page("views/heatmap.js");

const step = (selected, key, ctrlKey = false) => moved(selected, {key, ctrlKey}, 4, 6);

test("arrow keys lead to the next cell and stop at the edges", () => {
  assert.deepEqual(step({row: 1, column: 1}, "ArrowUp"), {row: 0, column: 1});
  assert.deepEqual(step({row: 1, column: 1}, "ArrowDown"), {row: 2, column: 1});
  assert.deepEqual(step({row: 1, column: 1}, "ArrowLeft"), {row: 1, column: 0});
  assert.deepEqual(step({row: 1, column: 1}, "ArrowRight"), {row: 1, column: 2});
  assert.deepEqual(step({row: 0, column: 0}, "ArrowUp"), {row: 0, column: 0});
  assert.deepEqual(step({row: 3, column: 5}, "ArrowRight"), {row: 3, column: 5});
});

test("Home and End lead to the ends of the row, with Ctrl to the corners", () => {
  assert.deepEqual(step({row: 2, column: 3}, "Home"), {row: 2, column: 0});
  assert.deepEqual(step({row: 2, column: 3}, "End"), {row: 2, column: 5});
  assert.deepEqual(step({row: 2, column: 3}, "Home", true), {row: 0, column: 0});
  assert.deepEqual(step({row: 2, column: 3}, "End", true), {row: 3, column: 5});
});

test("other keys are left to the browser", () => {
  for (const key of ["Tab", "a", " ", "F5", "PageDown"]) assert.equal(step({row: 1, column: 1}, key), null, key);
});

test("numbers in cells have as many digits as there is room for, and none where there is none", () => {
  const ways = [{written: "three", room: 55}, {written: "two", room: 47}], at = (cell) => fitting({cell, scale: 1}, ways);
  assert.deepEqual(at(56), {written: "three", size: 12});
  assert.deepEqual(at(40), {written: "two", size: 12 * 40 / 47});
  assert.equal(at(46).written, "three"); // a little smaller
  assert.equal(at(38).size, 0);
});
