import assert from "node:assert/strict";
import test from "node:test";
import {page} from "./page.mjs";

const {placeIn, said, saying, setupOf, wordsOf} = await page("panes.js");
const {presetsOf} = await page("presets.js");
const {cellOf, has, matched} = await page("comparison.js");

const BASE = {model: "decoder", text: "a|b & c", target: "", mask: "native", checkpoint: 100, edits: "zero:decoder.blocks.0.attn:1;swap:target:1:5", written: "7"};

test("the words of the panes come back from the state's property, whatever is written in them", () => {
  const words = [saying("", {text: "x|y=z&#?|"}), saying("", {mask: "prefix:3"})];
  assert.deepEqual(wordsOf(words.join("|")), words);
  assert.deepEqual(said(words[0]), {text: "x|y=z&#?|"});
  assert.deepEqual(wordsOf(""), []);
  assert.equal(wordsOf("a=1|b=2|c=3").length, 2);
  assert.deepEqual(said(saying(words[1], {mask: "causal", site: "s", head: null})), {mask: "causal", site: "s"});
  assert.equal(saying("mask=causal", {mask: null}), "");
});

test("a pane runs what A runs, but for what it says", () => {
  assert.deepEqual(setupOf(BASE, "mask=bidirectional"), {...BASE, mask: "bidirectional"});
  assert.deepEqual(setupOf(BASE, "none=checkpoint"), {...BASE, checkpoint: null});
  assert.deepEqual(setupOf(BASE, "checkpoint=0&edits="), {...BASE, checkpoint: 0, edits: ""});
  assert.deepEqual(setupOf(BASE, "site=x&head=2"), BASE);
});

test("another sentence does not take over what is said of this one's tokens, nor another model of this one's weights", () => {
  assert.deepEqual(setupOf({...BASE, mask: "painted:1.0-"}, "text=other"), {...BASE, text: "other", edits: "zero:decoder.blocks.0.attn:1", written: null, mask: "painted:"});
  assert.deepEqual(setupOf(BASE, "model=encoder&mask=native"), {...BASE, model: "encoder", checkpoint: null, edits: "", written: null});
  assert.equal(setupOf(BASE, "model=encoder&written=5.6").written, "5.6");
  assert.deepEqual(setupOf(BASE, "model=decoder"), BASE);
});

const site = (name, query, key, layer, n_heads = 4) => ({name, query, key, layer, n_heads});
const trace = (tokens, sites, more = {}) => ({tokens, sites, site: (name) => sites.find((one) => one.name === name), along: (at, axis) => tokens[at[axis]], ...more});
const spelt = (text) => text.split(" ").map((word, id) => ({text: word, id, start: 0, part: null}));

test("a head of another model stands in the same place, of the attention that reads the same text", () => {
  const decoder = trace({target: spelt("I want tea")}, [0, 1, 2].map((i) => site(`decoder.blocks.${i}.attn`, "target", "target", i)));
  const both = trace({source: spelt("I want tea"), target: spelt("我 想 喝 茶")}, [site("encoder.blocks.0.attn", "source", "source", 0, 2),
    site("encoder.blocks.1.attn", "source", "source", 1, 2), site("decoder.blocks.0.cross_attn", "target", "source", 0)]);
  const base = {trace: decoder, site: decoder.sites[2], head: 3};
  assert.deepEqual(placeIn(both, "model=x", base), {site: both.sites[1], head: 1});
  assert.deepEqual(placeIn(both, "site=decoder.blocks.0.cross_attn&head=2", base), {site: both.sites[2], head: 2});
  assert.deepEqual(placeIn(decoder, "mask=causal&head=nonsense", base), {site: decoder.sites[2], head: 3});
});

test("positions lead from any pane to any other and back", () => {
  const ends = ["a b c", "a x b c", "b c"].map((text) => ({trace: trace({target: spelt(text)}, []), site: site("s", "target", "target", 0)}));
  const {queries, keys} = matched([...ends, null]);
  assert.deepEqual([0, 1, 2].map((i) => queries(0, 1, i)), [0, 2, 3]);
  assert.deepEqual([0, 1, 2, 3].map((i) => keys(1, 2, i)), [null, null, 0, 1]);
  assert.deepEqual([queries(1, 1, 1), queries(0, 3, 1), queries(0, 1, null)], [1, null, null]);
});

test("a cell that A has not is in the address, and holds where it is there", () => {
  const ends = [null, {trace: trace({target: spelt("a b c")}, []), site: site("s", "target", "target", 0)}];
  assert.equal(has(ends, cellOf("B.2.1")), true);
  for (const bad of ["", "B.3.0", "B.0.3", "C.0.0", "A.0.0", "B.1", "B.-1.0", "{}"]) assert.equal(has(ends, cellOf(bad)), false, bad);
});

const MODELS = [{id: "decoder", kind: "decoder", mask: "causal", n_vocab: 9, checkpoints: [0, 50]}, {id: "encoder", kind: "encoder", mask: "bidirectional", n_vocab: 9, checkpoints: []},
  {id: "both", kind: "encoder-decoder", mask: "causal", n_vocab: 9, checkpoints: [0, 50]}];
const shown = (kind, more = {}) => ({model: {id: MODELS.find((m) => m.kind === kind).id, kind}, request: {text: "t & u", checkpoint: null}, tokens: {source: [], target: []}, ...more});
const preset = (id, options) => presetsOf({models: MODELS, mask: "native", beside: "", edits: "", ...options}).find((one) => one.id === id);

test("a preset adds a pane that says one thing differently, and not the mask that is there already", () => {
  const given = {trace: shown("decoder")};
  assert.deepEqual(preset("bidirectional", given).words, ["mask=bidirectional"]);
  assert.deepEqual(preset("bidirectional", {...given, beside: "text=x"}).words, ["text=x", "mask=bidirectional"]);
  assert.equal(preset("causal", given), undefined);
  assert.equal(preset("causal", {...given, mask: "bidirectional"}).id, "causal");
  assert.deepEqual(said(preset("sentence", given).words[0]), {text: "t & u"});
  assert.deepEqual(said(preset("checkpoint", given).words[0]), {checkpoint: "0"});
  assert.deepEqual(said(preset("finished", {trace: shown("decoder", {request: {text: "t", checkpoint: 0}})}).words[0]), {none: "checkpoint"});
  assert.equal(preset("checkpoint", {trace: shown("encoder")}), undefined);
  assert.equal(preset("unedited", given), undefined);
  assert.deepEqual(preset("unedited", {...given, edits: "zero:s"}).words, ["edits="]);
});

test("the fair comparison sets both models as they were trained", () => {
  const {words, base} = preset("fair", {trace: shown("decoder"), mask: "bidirectional", beside: "mask=causal"});
  assert.deepEqual(words.map(said), [{model: "encoder", mask: "native"}]);
  assert.deepEqual(base, {mask: "native", checkpoint: null, edits: "", written: null});
  assert.equal(preset("fair", {trace: shown("encoder-decoder")}), undefined);
});

test("a translation is read by the decoder as source, separator and target, once with the source seen by all", () => {
  const tokens = {source: [{id: 30}, {id: 31}, {id: 2}], target: [{id: 7}, {id: 40}, {id: 41}]};
  const {words} = preset("translating", {trace: shown("encoder-decoder", {tokens})});
  assert.deepEqual(words.map(said), ["native", "prefix:4"].map((mask) => ({model: "decoder", text: "t & u", written: "5.40.41", mask})));
  assert.equal(preset("translating", {trace: shown("decoder")}), undefined);
});

test("a family that hands out its weights alone is set beside other sentences and models, not under other masks", () => {
  const ids = presetsOf({models: MODELS, mask: "native", beside: "", edits: "", trace: shown("encoder", {alone: true})}).map(({id}) => id);
  assert.deepEqual(ids, ["sentence", "model", "fair"]);
});
