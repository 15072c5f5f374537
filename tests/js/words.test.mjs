import assert from "node:assert/strict";
import test from "node:test";
import {page} from "./page.mjs";

const {translator} = await page("locale.js");
const names = await page("names.js");
const {visible} = await page("masks.js");

const CHINESE = {"{count} more keys": "另外 {count} 个键", "Run": "运行", "empty": ""};
const words = translator(CHINESE);

test("English stays as it is written, Chinese comes from the catalog", () => {
  assert.equal(words("en")("Run"), "Run");
  assert.equal(words("zh")("Run"), "运行");
});

test("a sentence without a translation stays English", () => {
  assert.equal(words("zh")("Not there"), "Not there");
  assert.equal(words("zh")("empty"), "empty");
});

test("values take their places, in both languages", () => {
  assert.equal(words("en")("{count} more keys", {count: 0}), "0 more keys");
  assert.equal(words("zh")("{count} more keys", {count: 12}), "另外 12 个键");
});

test("what a value says is text, whatever it looks like", () => {
  const t = words("en");
  for (const odd of ["{count}", "{b}", "$&", "$1", "$$", "<b>", "{{7*7}}"]) {
    assert.equal(t("{a} and {b}", {a: odd, b: "B"}), `${odd} and B`);
  }
});

test("a place without a value stays visible", () => {
  assert.equal(words("en")("{count} of {limit}", {count: 1}), "1 of {limit}");
});

const plain = words("en");

test("every kind of site has a name and a meaning of its own", () => {
  const sites = [
    {name: "encoder.blocks.2.attn", query: "source"}, {name: "decoder.blocks.2.attn", query: "target"},
    {name: "decoder.blocks.2.cross_attn", query: "target"},
  ];
  for (const say of [names.siteName, names.siteMeaning]) assert.equal(new Set(sites.map((site) => say(plain, site))).size, 3);
});

test("blocks do not change what a kind of site is called", () => {
  const [first, last] = [0, 11].map((i) => names.siteName(plain, {name: `decoder.blocks.${i}.cross_attn`, query: "target"}));
  assert.equal(first, last);
});

test("every mask that can be evaluated has a name that says its number", () => {
  const specs = ["bidirectional", "causal", {prefix: 3}, {window: 4, of: "causal"}, {painted: [[0, 1, true]], of: "causal"}];
  specs.forEach(visible);
  const called = specs.map((spec) => names.maskName(plain, spec));
  assert.equal(new Set(called).size, specs.length);
  assert.match(names.maskName(plain, {prefix: 30}), /\b30\b/);
  assert.match(names.maskName(plain, {window: 0, of: "causal"}), /\b0\b/);
});

test("models and heads are called differently", () => {
  const kinds = ["encoder", "decoder", "encoder-decoder"];
  for (const say of [names.modelName, names.modelMeaning]) assert.equal(new Set(kinds.map((kind) => say(plain, kind))).size, 3);
  const told = [{kind: "decoder"}, {kind: "decoder", editable: true, n_heads: 2}, {kind: "decoder", editable: true, n_heads: 1}];
  assert.equal(new Set(told.map((model) => names.titleOf(plain, model))).size, 3);
  assert.notEqual(names.aboutOf(plain, told[0]), names.aboutOf(plain, told[1]));
  assert.notEqual(names.headName(plain, {layer: 1}, 2), names.headName(plain, {layer: 2}, 1));
});
