import assert from "node:assert/strict";
import test from "node:test";
import {page} from "./page.mjs";

const {editsOf, has, ofHead, swapped, toggled} = await page("edits.js");
const {beneath, painted, paintedWord} = await page("edited_mask.js");
const {visible} = await page("masks.js");
const {BEGUN, followed, undoing} = await page("undoing.js");
const {hiding, sought} = await page("vocabulary.js");

const SITE = "decoder.blocks.0.attn", OTHER = "decoder.blocks.1.attn";
const at = {name: SITE, mask: "causal"};

test("an edit is put and taken off, and takes the place of what takes hold where it does", () => {
  const off = ofHead("zero", SITE, 1), mean = ofHead("mean", SITE, 1), even = ofHead("uniform", SITE, 1), all = ofHead("zero", SITE, null);
  assert.deepEqual(off, {zero: SITE, head: 1});
  assert.deepEqual(all, {zero: SITE});
  assert.deepEqual(toggled([], off), [off]);
  assert.deepEqual(toggled([off], off), []);
  assert.deepEqual(toggled([{zero: SITE, head: null}], all), []); // as the server writes it
  assert.deepEqual(toggled([off, even], mean), [even, mean]);
  assert.deepEqual(toggled([even], ofHead("diagonal", SITE, 1)), [ofHead("diagonal", SITE, 1)]);
  assert.deepEqual(toggled([off], ofHead("mean", SITE, 2)), [off, ofHead("mean", SITE, 2)]);
  assert.deepEqual(toggled([off], ofHead("mean", OTHER, 1)), [off, ofHead("mean", OTHER, 1)]);
  assert.deepEqual(toggled([off], all), [off, all]);
  assert.equal(has([off], all), false);
});

test("a head is edited by what is said of it and of all heads of its attention", () => {
  const edits = [{zero: SITE, head: null}, {mean: SITE, head: 1}, {uniform: OTHER, head: 1}, {paint: SITE, head: 2, cells: []}, {swap: 1, side: "target", token: 2}];
  assert.deepEqual(editsOf(edits, at, 1), edits.slice(0, 2));
  assert.deepEqual(editsOf(edits, at, 2), [edits[0], edits[3]]);
  assert.deepEqual(editsOf(edits, {name: "decoder.blocks.2.attn"}, 0), []);
});

test("a token is swapped once at a place, and put back", () => {
  const first = {swap: 3, side: "target", token: 7}, other = {swap: 3, side: "source", token: 7};
  assert.deepEqual(swapped([other], first), [other, first]);
  assert.deepEqual(swapped([first, other], {...first, token: 9}), [other, {...first, token: 9}]);
  assert.deepEqual(swapped([first, other], {...first, token: null}), [other]);
});

test("cells are painted on what the other edits make of the mask, in their order", () => {
  const sees = (spec) => Array.from({length: 3}, (_, query) => [0, 1, 2].map((key) => Number(visible(spec)(query, key))).join("")).join(" ");
  const diagonal = {diagonal: SITE, head: 1}, whole = {paint: SITE, head: null, cells: [[0, 2, true]]}, own = {paint: SITE, head: 1, cells: [[2, 0, false]]};
  assert.equal(sees(beneath(at, 1, [])), "100 110 111");
  assert.equal(sees(beneath(at, 1, [own])), "100 110 111"); // but for what is painted there itself
  assert.equal(sees(beneath(at, 1, [diagonal, whole, own])), "101 010 001");
  assert.equal(sees(beneath(at, 1, [whole, diagonal])), "100 010 001");
  assert.equal(sees(beneath(at, null, [diagonal, whole])), "100 110 111"); // of all heads, not of one
  assert.equal(sees(beneath({...at, head_masks: {1: "bidirectional"}}, 1, [])), "111 111 111");
  assert.equal(paintedWord([diagonal, own], SITE && at, 1), "painted:2.0-");
  assert.equal(paintedWord([own], at, null), "painted:");
});

test("what is painted stands last, and nothing painted is no edit", () => {
  const own = {paint: SITE, head: 1, cells: [[2, 0, false]]}, diagonal = {diagonal: SITE, head: 1};
  assert.deepEqual(painted([own, diagonal], at, 1, "painted:1.0-"), [diagonal, {paint: SITE, head: 1, cells: [[1, 0, false]]}]);
  assert.deepEqual(painted([own, diagonal], at, 1, "painted:"), [diagonal]);
  assert.deepEqual(painted([own], at, null, "painted:1.0-"), [own, {paint: SITE, cells: [[1, 0, false]]}]);
});

test("going back and on stays on the line, something new forgets what lay ahead", () => {
  const go = (words) => words.reduce((line, word) => followed(line, "sentence", word), BEGUN);
  assert.deepEqual(go(["", "a", "b"]), {of: "sentence", words: ["", "a", "b"], at: 2});
  assert.deepEqual(go(["", "a", "b", "a"]), {of: "sentence", words: ["", "a", "b"], at: 1});
  assert.deepEqual(go(["", "a", "b", "a", "b"]), {of: "sentence", words: ["", "a", "b"], at: 2});
  assert.deepEqual(go(["", "a", "b", "a", "c"]), {of: "sentence", words: ["", "a", "c"], at: 2});
  assert.deepEqual(go(["", "a", "a"]), {of: "sentence", words: ["", "a"], at: 1});
  assert.deepEqual(followed(go(["", "a"]), "another sentence", "a"), {of: "another sentence", words: ["a"], at: 0});
});

test("the keys of undoing are those of every program", () => {
  const key = (name, more = {}) => undoing({key: name, ctrlKey: true, metaKey: false, shiftKey: false, altKey: false, ...more});
  assert.equal(key("z"), "undo");
  assert.equal(key("Z", {shiftKey: true}), "redo");
  assert.equal(key("y"), "redo");
  assert.equal(key("z", {ctrlKey: false, metaKey: true}), "undo");
  for (const none of [key("z", {ctrlKey: false}), key("z", {altKey: true}), key("x")]) assert.equal(none, null);
});

test("a vocabulary is searched by what one types: the same first, then what begins so, then what holds it", () => {
  const vocabulary = {texts: ["<bos>", "<mask>", " love", "love", " lovely", " clover", " LOVE", "爱"], special: [0, 1]};
  const found = (words) => sought(vocabulary, words).map(({text}) => text);
  assert.deepEqual(found("love"), ["love", " love", " LOVE", " lovely", " clover"]);
  assert.deepEqual(found(" love"), [" love", "love", " LOVE", " lovely"]);
  assert.deepEqual(sought(vocabulary, "爱"), [{id: 7, text: "爱"}]);
  for (const nothing of ["", "  ", "mask", "<bos>"]) assert.deepEqual(found(nothing), [], nothing);
  assert.equal(hiding(vocabulary), 1);
  assert.equal(hiding({texts: ["<mask>"], special: []}), null);
});
