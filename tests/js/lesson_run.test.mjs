import assert from "node:assert/strict";
import {test} from "node:test";
import {editList, merged, placeOf, requestOf, runOf} from "../../static/js/lesson_run.js";

const article = {class: "lesson", "data-model": "hand", "data-text": "我爱吃鱼", "data-mask": "causal", "data-minutes": "8"};

test("an element says what the article does not, or something else", () => {
  const attributes = merged(article, {view: "weights", mask: "prefix:2"});
  assert.deepEqual(runOf(attributes), {model: "hand", text: "我爱吃鱼", mask: "prefix:2"});
  assert.deepEqual(requestOf({...runOf(attributes), names: ["*.q"]}), {model: "hand", text: "我爱吃鱼", mask: {prefix: 2}, names: ["*.q"]});
});

test("edits are words, JSON or a list", () => {
  const list = [{zero: "decoder.blocks.0.attn", head: 1}];
  assert.deepEqual(editList("zero:decoder.blocks.0.attn:1"), list);
  assert.deepEqual(editList(JSON.stringify(list)), list);
  assert.deepEqual(editList(list), list);
  assert.deepEqual([editList(""), editList(undefined), editList("nonsense")], [[], [], []]);
  assert.deepEqual(requestOf({model: "hand", text: "a", edits: list}), {model: "hand", text: "a", mask: "native", edits: list});
});

test("a token is found by its place or its text", () => {
  const tokens = ["I", " love", "fish"].map((text) => ({text}));
  assert.deepEqual(["1", "love", "fish", "cat", "3", "", undefined].map((word) => placeOf(tokens, word)), [1, 1, 2, null, null, null, null]);
});
