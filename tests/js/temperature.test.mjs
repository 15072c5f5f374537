import assert from "node:assert/strict";
import test from "node:test";
import {page} from "./page.mjs";

const {entropy, lastRow, ranked, ratio, warmed} = await page("temperature.js");

const near = (a, b, within = 1e-12) => assert.ok(Math.abs(a - b) < within, `${a} is not ${b}`);
const AFTER_EATING = [-1.2938, -4.2986, 4.5924, 6.5924, 5.5924, 1.2938]; // what the worked example says after 吃

test("a temperature divides the logits before the softmax", () => {
  const due = {0.5: [0.8668, 0.1173, 0.0159], 1: [0.6629, 0.2439, 0.0897], 2: [0.4834, 0.2932, 0.1778]};
  for (const [temperature, [fish, rice, eating]] of Object.entries(due)) {
    const found = warmed(AFTER_EATING, Number(temperature));
    near(found[3], fish, 5e-5); near(found[4], rice, 5e-5); near(found[2], eating, 5e-5);
    near(found.reduce((a, b) => a + b, 0), 1);
  }
});

test("entropy is counted in bits, from certainty to all alike", () => {
  near(entropy(warmed(AFTER_EATING, 0.5)), 0.637, 5e-4);
  near(entropy(warmed(AFTER_EATING, 1)), 1.232, 5e-4);
  near(entropy(warmed(AFTER_EATING, 2)), 1.717, 5e-4);
  assert.equal(entropy([1, 0, 0]), 0);
  near(entropy(Array(8).fill(1 / 8)), 3);
});

test("half the temperature squares the ratio of two words", () => {
  near(ratio(6.5924, 5.5924, 1), Math.E);
  near(ratio(6.5924, 5.5924, 0.5), Math.E ** 2);
  const found = warmed(AFTER_EATING, 0.7);
  near(ratio(AFTER_EATING[3], AFTER_EATING[2], 0.7), found[3] / found[2], 1e-9);
});

test("words are ranked by their logits, of equals the first, and only the last row is asked", () => {
  assert.deepEqual(ranked([1, 3, 3, 2], 3), [{id: 1, logit: 3}, {id: 2, logit: 3}, {id: 3, logit: 2}]);
  assert.deepEqual([...lastRow({shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6)})], [4, 5, 6]);
});
