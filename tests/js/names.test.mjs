import assert from "node:assert/strict";
import test from "node:test";
import {page} from "./page.mjs";

const {aboutOf, numbersOf} = await page("names.js");
const t = (message) => message;

test("what a model does is said of that model: none without a head fills in or writes words", () => {
  assert.match(aboutOf(t, {kind: "encoder", predicts: true, source: "shipped"}), /fills in hidden words/);
  assert.match(aboutOf(t, {kind: "encoder", predicts: false, source: "folder"}), /fills in no words/);
  assert.match(aboutOf(t, {kind: "decoder", predicts: false, source: "folder"}), /writes no words/);
  assert.doesNotMatch(aboutOf(t, {kind: "encoder-decoder", predicts: true, source: "hub"}), /translation/);
  assert.match(aboutOf(t, {kind: "encoder-decoder", predicts: true, source: "shipped"}), /translation/);
});

test("what its weights are stored and computed as is said of a model that was named", () => {
  const filled = (message, values) => message.replace(/{(\w+)}/g, (_, name) => values[name]);
  assert.equal(numbersOf(filled, {source: "hub", dtype: "float32", stored_dtype: "bfloat16"}), "Its weights are stored in bfloat16 and computed with in float32.");
  assert.equal(numbersOf(filled, {source: "folder", dtype: "float32", stored_dtype: "float32"}), "Its weights are in float32.");
  assert.equal(numbersOf(filled, {source: "shipped", dtype: "float32", stored_dtype: "float32"}), "");
  assert.equal(numbersOf(filled, {source: "hub"}), "");
});
