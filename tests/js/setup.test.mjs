import assert from "node:assert/strict";
import test from "node:test";
import {page} from "./page.mjs";

const {SETUP, bodyOf, differently, differing, withSentence} = await page("setup.js");
const {KINDS, kindOf, parse, written} = await page("edits.js");

const SITE = "decoder.blocks.0.attn";
const EDITS = [
  {zero: SITE, head: 1}, {zero: "encoder.blocks.2.attn"}, {mean: SITE, head: 0}, {uniform: SITE}, {diagonal: "blocks.0.attn", head: 12},
  {paint: SITE, cells: [[3, 1, true], [4, 0, false]]}, {paint: "decoder.blocks.0.cross_attn", head: 0, cells: [[0, 0, false]]},
  {swap: 5, side: "target", token: 812}, {swap: 0, side: "source", token: 0},
  {weight: "decoder.blocks.0.attn.W_q", row: 1, column: 0, value: -2.5}, {weight: "embed", row: 0, column: 3, value: 1e-7},
];
const BASE = {model: "decoder", text: "a & b = c", target: "", mask: "native", checkpoint: null, edits: "", written: null};
const DECODER = {kind: "decoder"}, TRANSLATOR = {kind: "encoder-decoder"};

test("every edit comes back from the address", () => {
  assert.deepEqual(parse(written(EDITS)), EDITS);
  assert.deepEqual(new Set(EDITS.map(kindOf)), new Set(KINDS));
  for (const edit of EDITS) assert.deepEqual(parse(written([edit])), [edit]);
  assert.deepEqual(parse(""), []);
});

test("what is no edit is not taken for one", () => {
  for (const bad of ["zero", "zero:", `zero:${SITE}:x`, `zero:${SITE}:1:2`, `paint:${SITE}:3.1`, `paint:${SITE}::3.1`, "swap:target:5", "swap:other:5:1",
    "swap:source:-1:1", "weight:embed:1:2", "weight:embed:1.0:", "weight:embed:1.0:1/2", "weight:embed:-1.0:2", `zero:${SITE};`, ";", "zero:<b>"]) {
    assert.equal(parse(bad), null, bad);
  }
});

test("the request says what the setup says, in the words of the API", () => {
  assert.deepEqual(bodyOf(BASE, DECODER), {model: "decoder", text: BASE.text, mask: "native"});
  assert.deepEqual(bodyOf({...BASE, mask: "prefix:3", checkpoint: 0, edits: written(EDITS), written: "5.0.12"}, DECODER),
    {model: "decoder", text: BASE.text, mask: {prefix: 3}, checkpoint: 0, edits: EDITS, written: [5, 0, 12]});
  assert.deepEqual(bodyOf({...BASE, mask: "painted:2.0-1.3+"}, DECODER).mask, {painted: [[2, 0, false], [1, 3, true]]});
  assert.deepEqual(bodyOf({...BASE, target: "I", written: ""}, TRANSLATOR), {model: "decoder", text: BASE.text, mask: "native", target: "I", written: []});
  assert.equal(bodyOf({...BASE, mask: "painted:"}, DECODER).mask, "native");
  assert.equal("written" in bodyOf({...BASE, written: "5"}, {kind: "encoder"}), false);
});

test("another setup is told by what differs, and comes back from it", () => {
  const others = [BASE, {...BASE, mask: "bidirectional"}, {...BASE, text: "x&y=z #?", checkpoint: 0}, {...BASE, edits: written(EDITS)},
    {...BASE, model: "encoder", written: ""}];
  const from = {...BASE, checkpoint: 100, written: "3.4", target: "t"};
  for (const base of [BASE, from]) {
    for (const other of others) assert.deepEqual(differently(base, differing(other, base)), other);
  }
  assert.equal(differing(BASE, {...BASE}), "");
  assert.equal(differing({...BASE, mask: "causal"}, BASE), "mask=causal");
  assert.deepEqual(Object.keys(differently(BASE, "mask=causal&nothing=x")), SETUP);
});

test("another sentence keeps what is said of heads, and nothing that is said of its tokens", () => {
  const setup = {...BASE, edits: written(EDITS), written: "5", mask: "painted:1.0-"};
  assert.deepEqual(withSentence(setup, {text: BASE.text, target: ""}), setup);
  assert.deepEqual(withSentence({...setup, text: ""}, {text: "first", target: ""}), {...setup, text: "first"});
  const next = withSentence(setup, {text: "other", target: ""});
  assert.deepEqual(parse(next.edits), [...EDITS.slice(0, 5), ...EDITS.slice(9)]); // entries are the model's, not the sentence's
  assert.equal(next.written, null);
  assert.equal(next.mask, "painted:"); // one goes on painting
  assert.equal(withSentence({...setup, mask: "window:4"}, {text: "other", target: ""}).mask, "window:4");
});
