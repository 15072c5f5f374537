import assert from "node:assert/strict";
import {test} from "node:test";
import {isRight, typed} from "../../static/js/typed_number.js";

test("minus signs, decimal commas and full-width digits are read", () => {
  for (const text of ["-2", "−2", "–2", " - 2".replace(" - ", "-"), "－２", "-2.0", "−2,0"]) assert.equal(typed(text), -2, text);
  assert.deepEqual([typed("0.41"), typed("0,41"), typed(".41"), typed("+.41"), typed("０．４１")], Array(5).fill(0.41));
});

test("what is no number is none", () => {
  for (const text of ["", "-", "a", "1/2", "1.2.3", "1e3", "Infinity", "1 2"]) assert.ok(Number.isNaN(typed(text)), text);
});

test("an answer may be off by what is allowed, on either side", () => {
  assert.deepEqual(["0.41", "0.42", "0.40", "0.43", "0.39", ""].map((text) => isRight(text, 0.41362, 0.4136, 0.01)), [true, true, false, false, false, false]);
  assert.ok(isRight("0.4136", 0.41362, 0.4136, 0)); // as the page writes it
  assert.ok(!isRight("2", -2, -2, 0.01));
});
