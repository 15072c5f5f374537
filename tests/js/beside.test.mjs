import assert from "node:assert/strict";
import test from "node:test";
import {page} from "./page.mjs";

const {farLines, largestOf, lossLines, measured, median, movedBy, nearestMoment, statesUntil} = await page("beside.js");

const CURVE = [{step: 0, tokens: 0, seconds: 0, train: null, valid: 9}, {step: 10, tokens: 900, seconds: 2, train: 8.5, valid: 8}, {step: 100, tokens: 9000, seconds: 30, train: 7, valid: 6.5}];

test("a curve begins where something was read, by steps or tokens", () => {
  const models = [{name: "rnn", curve: CURVE}];
  assert.deepEqual(lossLines(models, "step"), [{id: "rnn", points: [[10, 8], [100, 6.5]]}]);
  assert.deepEqual(lossLines(models, "tokens")[0].points, [[900, 8], [9000, 6.5]]);
  assert.equal(nearestMoment(CURVE, "tokens", 5000), CURVE[2]);
  assert.equal(nearestMoment(CURVE, "tokens", 4000), CURVE[1]);
});

test("states until a step are its rows, and how far it moved is told of its own length", () => {
  const handed = [[[1, 0], [1, 2], [-4, 2]]];
  assert.deepEqual(statesUntil(handed, 0, 1), {rows: 2, columns: 2, data: Float32Array.from([1, 0, 1, 2])});
  assert.equal(largestOf(handed, 0), 4);
  assert.equal(movedBy(handed, 0, 0), null);
  assert.equal(movedBy(handed, 0, 1), 2);
  assert.ok(Math.abs(movedBy(handed, 0, 2) - 5 / Math.sqrt(5)) < 1e-12);
});

test("what a far word does is a line a model", () => {
  const curve = [{distance: 1, mean: 0.5, each: [0.4, 0.6]}, {distance: 2, mean: 0.1, each: [0.1, 0.1]}];
  assert.deepEqual(farLines({rnn: {curve}, lstm: {curve}, transformer: {curve}})[2], {id: "transformer", points: [[1, 0.5], [2, 0.1]]});
});

test("laps are told by model and way as they come", () => {
  const laps = [["rnn", "at once", 3], ["rnn", "at once", 1], ["rnn", "at once", 2], ["transformer", "step by step", 4]]
    .map(([model, way, seconds]) => ({model, way, seconds}));
  const found = measured(laps);
  assert.equal(found.length, 6);
  assert.deepEqual(found[0], {model: "rnn", way: "at once", laps: 3, median: 2});
  assert.deepEqual(found[5], {model: "transformer", way: "step by step", laps: 1, median: 4});
  assert.equal(found[1].median, null);
  assert.equal(median([4, 1, 3, 2]), 2.5);
});
