import assert from "node:assert/strict";
import test from "node:test";
import {page} from "./page.mjs";

const {atPosition, DOTS, dots, rowsApart, toldApart} = await page("rereading.js");

test("with a cache one query meets all keys so far, without one all queries do", () => {
  assert.deepEqual([1, 2, 3, 4].map(DOTS.cached), [1, 2, 3, 4]);
  assert.deepEqual([1, 2, 3, 4].map(DOTS.anew), [1, 4, 9, 16]);
  assert.deepEqual([dots("cached", 4), dots("anew", 4)], [10, 30]);
  for (let n = 1; n < 40; n++) assert.deepEqual([dots("cached", n), dots("anew", n)], [n * (n + 1) / 2, n * (n + 1) * (2 * n + 1) / 6]);
});

const tensor = (shape, data) => ({shape, data: Float32Array.from(data)});

test("rows that both runs have are compared one by one", () => {
  const before = tensor([2, 2], [1, 2, 3, 4]);
  assert.deepEqual(rowsApart(before, tensor([3, 2], [1, 2, 3, 6, 9, 9])), [0, 2]);
  assert.deepEqual(rowsApart(tensor([3, 2], [1, 2, 3, 4, 5, 6]), before), [0, 0]);
});

test("what was told of a draw is compared by id", () => {
  assert.equal(toldApart([{id: 2, probability: 0.5}, {id: 0, probability: 0.25}], [0.25, 0.25, 0.5]), 0);
  assert.equal(toldApart([{id: 1, probability: 0.5}], [0.5, 0.25, 0.25]), 0.25);
});

test("one position of every head", () => {
  assert.deepEqual(atPosition(tensor([2, 3, 2], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]), 1), [[2, 3], [8, 9]]);
});
