import assert from "node:assert/strict";
import test from "node:test";
import {page} from "./page.mjs";

const {open, outcomes, restored, verdict} = await page("tested.js");

const ITEMS = ["M1", "M2", "M3"].map((of, right) => ({of, options: [0, 1, 2].map((i) => ({right: i === right}))}));

test("a choice is right, another idea, or open", () => {
  assert.deepEqual([0, 1, undefined, 7].map((chosen) => verdict(ITEMS[0], chosen)), ["right", "other", "open", "open"]);
});

test("of each item what became of it in every finished round, and its lesson where the last one missed it", () => {
  const kept = {before: {chosen: {M1: 0, M2: 0}, finished: true}, after: {chosen: {M1: 1, M2: 1}, finished: true}};
  assert.deepEqual(outcomes(ITEMS, kept).map(({item, ...rest}) => rest), [
    {before: "right", after: "other", missed: true}, {before: "other", after: "right", missed: false}, {before: "open", after: "open", missed: true}]);
  const once = {...kept, after: {chosen: {}, finished: false}};
  assert.deepEqual(outcomes(ITEMS, once).map(({item, ...rest}) => rest), [{before: "right", missed: false}, {before: "other", missed: true}, {before: "open", missed: true}]);
  assert.ok(outcomes(ITEMS, restored("")).every(({missed}) => !missed));
});

test("open items are told by their place", () => {
  assert.deepEqual(open(ITEMS, {M2: 0}), [1, 3]);
  assert.deepEqual(open(ITEMS, {M1: 0, M2: 2, M3: 1}), []);
});

test("what is kept comes back, and what cannot be read is nothing", () => {
  const kept = {before: {chosen: {M1: 2}, finished: true}, after: {chosen: {}, finished: false}};
  assert.deepEqual(restored(JSON.stringify(kept)), kept);
  const nothing = {before: {chosen: {}, finished: false}, after: {chosen: {}, finished: false}};
  for (const text of ["", "{", "null", "[]", '"x"', '{"before": 3}', '{"after": {"chosen": {"M1": "0"}, "finished": "yes"}}']) assert.deepEqual(restored(text), nothing, text);
});
