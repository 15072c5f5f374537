/** The same cases as tests/lessons/test_numbers.py. */
import assert from "node:assert/strict";
import {readFileSync} from "node:fs";
import {test} from "node:test";
import {digitsFor, numberOf, written} from "../../static/js/trace_number.js";

const cases = JSON.parse(readFileSync(new URL("../lessons/numbers.json", import.meta.url), "utf-8"));

for (const {shape, data, index, measure, is} of cases.read) {
  test(`${measure || "one"} of ${index}`, () => {
    const trace = {tensors: {x: {shape, data: Float64Array.from(data)}}, tokens: {target: [..."abcdefgh"].map((text) => ({text}))}};
    const found = numberOf(trace, {of: "x", index, measure, axis: "target"});
    if (typeof is === "string") assert.equal(found, is);
    else assert.ok(Math.abs(found - is) < 1e-12, `${found}`);
  });
}

for (const {value, is, ...how} of cases.written) test(`written as ${is}`, () => assert.equal(written(value, how), is));

test("the place in the vocabulary is named by the likeliest token", () => {
  const trace = {tensors: {logits: {shape: [2, 3], data: [0, 1, 2, 5, 4, 3]}}, tokens: {}, predictions: [[{text: "c"}], [{text: " a"}]]};
  assert.equal(numberOf(trace, {of: "logits", index: "1,:", measure: "argmax", axis: "n_vocab"}), "a");
});

test("whole rows have no decimals", () => {
  assert.deepEqual([digitsFor([2, -1, 0]), digitsFor([2, 0.5])], [0, 4]);
});
