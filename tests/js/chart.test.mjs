import assert from "node:assert/strict";
import test from "node:test";
import {page, random} from "./page.mjs";

const {axis, span} = await page("chart.js");

test("a number stands where its share of the axis is, and is found there again", () => {
  const next = random(1);
  for (const log of [false, true]) {
    for (let i = 0; i < 100; i++) {
      const from = 0.1 + next(), to = from + 1 + 1000 * next(), x = from + (to - from) * next(), {share, back} = axis({from, to, log});
      assert.equal(share(from), 0);
      assert.ok(Math.abs(share(to) - 1) < 1e-12);
      assert.ok(Math.abs(back(share(x)) - x) < 1e-9 * to);
    }
  }
  assert.ok(Math.abs(axis({from: 1, to: 100, log: true}).share(10) - 0.5) < 1e-12);
});

test("ticks are round numbers on the axis, a handful of them", () => {
  assert.deepEqual(axis({from: 0, to: 33}).ticks, [0, 10, 20, 30]);
  assert.deepEqual(axis({from: 5.6, to: 9.1}).ticks, [6, 7, 8, 9]);
  assert.deepEqual(axis({from: 16, to: 262_144, log: true}).ticks, [100, 1000, 10_000, 100_000]);
  assert.deepEqual(axis({from: 9, to: 210, log: true}).ticks, [10, 20, 50, 100, 200]);
  const next = random(2);
  for (let i = 0; i < 200; i++) {
    const from = 10 ** (6 * next() - 3), to = from * (1.5 + 1e6 * next() ** 8);
    for (const log of [false, true]) {
      const {ticks} = axis({from, to, log});
      assert.ok(ticks.every((tick) => tick >= from * (1 - 1e-9) && tick <= to * (1 + 1e-9)), `${from} to ${to}: ${ticks}`);
      assert.ok(ticks.length <= 11, `${from} to ${to}: ${ticks}`);
    }
  }
});

test("the span leaves room, begins at 0 where that is asked, and leaves out what a logarithm cannot show", () => {
  assert.deepEqual(span([2, 12], {zero: true}), {from: 0, to: 12.5});
  assert.deepEqual(span([2, 12]), {from: 1.5, to: 12.5});
  const {from, to} = span([0, 1e-3, NaN, 10], {log: true});
  assert.ok(from < 1e-3 && from > 1e-4 && to > 10 && to < 20);
  assert.deepEqual(span([], {log: true}), {from: 0.1, to: 1});
});
