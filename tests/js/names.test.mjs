import assert from "node:assert/strict";
import test from "node:test";
import {page} from "./page.mjs";

const {aboutOf} = await page("names.js");
const t = (message) => message;

test("what a model does is said of that model: none without a head fills in or writes words", () => {
  assert.match(aboutOf(t, {kind: "encoder", predicts: true, source: "shipped"}), /fills in hidden words/);
  assert.match(aboutOf(t, {kind: "encoder", predicts: false, source: "folder"}), /fills in no words/);
  assert.match(aboutOf(t, {kind: "decoder", predicts: false, source: "folder"}), /writes no words/);
  assert.doesNotMatch(aboutOf(t, {kind: "encoder-decoder", predicts: true, source: "hub"}), /translation/);
  assert.match(aboutOf(t, {kind: "encoder-decoder", predicts: true, source: "shipped"}), /translation/);
});
