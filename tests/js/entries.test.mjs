import assert from "node:assert/strict";
import test from "node:test";
import {page} from "./page.mjs";

const {columnsOf, edited, matrixName, multiplied, ofEntries, put, roleOf, rowsOf, within} = await page("entries.js");
const {offTraining} = await page("off_training.js");
const {ACTIVATIONS} = await page("layers.js");

const W_Q = "decoder.blocks.0.attn.W_q";
const ROWS = [[0, 0], [1, 1], [0, 2]];

test("edits of a matrix change its own entries, the last one of an entry holds, and the matrix itself stays", () => {
  const edits = [{weight: W_Q, row: 1, column: 0, value: 3}, {weight: `${W_Q}.weight`, row: 1, column: 0, value: -4}, {weight: "embed", row: 0, column: 0, value: 9}, {zero: "site"}];
  const now = edited(ROWS, edits, W_Q);
  assert.deepEqual(now.values, [[0, 0], [-4, 1], [0, 2]]);
  assert.equal(now.changed(1, 0), true);
  assert.equal(now.changed(0, 0), false);
  assert.deepEqual(ROWS[1], [1, 1]);
  assert.deepEqual(edited(ROWS, [{weight: W_Q, row: 7, column: 0, value: 3}], W_Q).values, ROWS);
  assert.deepEqual(ofEntries(edits), edits.slice(0, 3));
});

test("an entry is put once, and its own number takes the edit away", () => {
  const other = {zero: "site", head: 1}, first = {weight: W_Q, row: 1, column: 0, value: 3};
  assert.deepEqual(put([other], first, 1), [other, first]);
  assert.deepEqual(put([first, other], {...first, value: 5}, 1), [other, {...first, value: 5}]);
  assert.deepEqual(put([{...first, weight: `${W_Q}.weight`}], {...first, value: 5}, 1), [{...first, value: 5}]);
  assert.deepEqual(put([first, other], {...first, value: 1}, 1), [other]);
  assert.deepEqual(put([first], {...first, column: 1}, 1), [first, {...first, column: 1}]);
  assert.deepEqual([within(101), within(-1e9), within(2.5)], [100, -100, 2.5]);
});

test("a matrix is called as in the paper, and its rows and columns by what they stand for", () => {
  const known = {features: ["n", "v"], words: ["I", "love", "fish"], n: 2};
  assert.deepEqual([W_Q, `${W_Q}.weight`, "embed", "decoder.pos_embed", "decoder.blocks.0.mlp.W_in"].map(matrixName), ["W_Q", "W_Q", "E", "P", "W_in"]);
  assert.deepEqual(["W_q", "W_k", "W_v", "W_o"].map(roleOf), ["query", "key", "value", ""]);
  assert.deepEqual(rowsOf(W_Q, known), known.features);
  assert.deepEqual(columnsOf(W_Q, known), ["0", "1"]);
  assert.deepEqual([rowsOf("embed", known), columnsOf("embed", known)], [known.words, known.features]);
  assert.deepEqual([rowsOf("W_u", known), columnsOf("W_u", known)], [known.features, known.words]);
  assert.deepEqual([rowsOf("W_o", known), columnsOf("W_o", known)], [["0", "1"], known.features]);
});

test("a number of Q is the sum of products of a row and a column", () => {
  const {terms, sum} = multiplied([0, 2, -1], ROWS, 1);
  assert.deepEqual(terms.map(({product}) => product), [0, 2, -2]);
  assert.equal(sum, 0);
  assert.equal(multiplied([0, 2, -1], ROWS, 0).sum, 2);
});

test("no mask is off the training of a model that was not trained", () => {
  const t = (message) => message, trace = {predicted: "target", model: {id: "hand", kind: "decoder"}, tokens: {target: []}, sites: [{query: "target", key: "target", mask: "bidirectional"}]};
  assert.equal(offTraining(t, trace, [{id: "hand", mask: "causal", editable: true}]), "");
  assert.equal(offTraining(t, trace, [{id: "hand", mask: "causal", editable: false}]), "causal");
});

test("ReLU lets positive numbers through", () => {
  assert.deepEqual([-2, 0, 0.5].map(ACTIVATIONS.relu), [0, 0, 0.5]);
});
