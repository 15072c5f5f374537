import assert from "node:assert/strict";
import test from "node:test";
import {page, random} from "./page.mjs";

const {spelt, wordAt} = await page("whole_words.js");
const {hiddenAt, isHidden, nearest, rankOf, withToken} = await page("hidden.js");
const {SIDES, meanSides, ranked, sidesOf} = await page("sides.js");

const special = (text) => ({text, start: null, part: null});
/** A sentence between the tokens that an encoder puts around it. */
const tokens = (...texts) => [special("<cls>"), ...texts.map((text) => (Array.isArray(text) ? {text: text[0], start: 0, part: [text[1], text[2]]} : {text, start: 0, part: null})), special("<sep>")];
const words = (sentence) => [...new Set(sentence.map((_, i) => wordAt(sentence, i).join()))].map((word) => word.split(",").map((i) => sentence[i].text));
const near = (a, b) => assert.ok(Math.abs(a - b) < 1e-12, `${a} is not ${b}`);

test("an English word begins with its space, and a mark stands alone", () => {
  assert.deepEqual(words(tokens("The", " grass", "h", "o", "pp", "er", " didn", "'t", " jump", ".", "”", "He")),
    [["<cls>"], ["The"], [" grass", "h", "o", "pp", "er"], [" didn", "'t"], [" jump"], ["."], ["”"], ["He"], ["<sep>"]]);
  assert.deepEqual(words(tokens(" 1", "2", ".", "5", " k", "m")), [["<cls>"], [" 1", "2"], ["."], ["5"], [" k", "m"], ["<sep>"]]);
});

test("a Chinese token is its own word, but for the bytes of one character", () => {
  assert.deepEqual(words(tokens("我", "昨天", "用", "Python", "写", ["鱻", 0, 3], ["鱻", 1, 3], ["鱻", 2, 3], "。")),
    [["<cls>"], ["我"], ["昨天"], ["用"], ["Python"], ["写"], ["鱻", "鱻", "鱻"], ["。"], ["<sep>"]]);
});

test("a word is spelt without its space, a character in bytes once", () => {
  assert.equal(spelt(tokens(" grass", "h").slice(1, 3)), "grassh");
  assert.equal(spelt(tokens(["鱻", 0, 3], ["鱻", 1, 3], ["鱻", 2, 3]).slice(1, 4)), "鱻");
});

test("only the special token hides: a typed one is text", () => {
  assert.ok(isHidden(special("<mask>")));
  assert.ok(!isHidden({text: "<mask>", start: 3}));
  assert.deepEqual(hiddenAt([special("<cls>"), {text: "a", start: 0}, special("<mask>"), special("<mask>"), special("<sep>")]), [2, 3]);
});

test("hiding a word takes the place of what was put at its positions, and leaves every other edit", () => {
  const off = {zero: "encoder.blocks.0.attn", head: 1}, other = {swap: 7, side: "source", token: 9};
  const hidden = withToken([off, {swap: 2, side: "source", token: 5}, other], [2, 3], 3);
  assert.deepEqual(hidden, [off, other, {swap: 2, side: "source", token: 3}, {swap: 3, side: "source", token: 3}]);
  assert.deepEqual(withToken(hidden, [2, 3], null), [off, other]);
});

test("the nearest gap is chosen, the left one of two, and none where there is none", () => {
  assert.equal(nearest([2, 6, 11], 4), 2);
  assert.equal(nearest([2, 6, 11], 5), 6);
  assert.equal(nearest([], 5), undefined);
});

test("a rank is counted from 1, and is not told of what was not sent", () => {
  assert.equal(rankOf([{id: 8}, {id: 4}], 4), 2);
  assert.equal(rankOf([{id: 8}, {id: 4}], 5), null);
});

test("a row is told by its sides: a hidden neighbour is one, <cls> and <sep> are not", () => {
  const sentence = [special("<cls>"), {text: "a", start: 0}, special("<mask>"), special("<mask>"), {text: "b", start: 2}, special("<sep>")];
  const found = sidesOf([0.0625, 0.125, 0.25, 0.3125, 0.125, 0.125], sentence, 2);
  assert.deepEqual(found, {left: 0.125, right: 0.4375, itself: 0.25, special: 0.1875, ahead: 0.5625, neighbour: 3, most: 0.3125});
});

test("the sides add up to the row, and a row without neighbours has no strongest", () => {
  const next = random(5);
  for (let i = 0; i < 50; i++) {
    const n = 3 + Math.floor(next() * 20), query = 1 + Math.floor(next() * (n - 2)), weights = Float64Array.from({length: n}, () => next());
    const found = sidesOf(weights, tokens(...Array(n - 2).fill("x")), query);
    near(SIDES.reduce((sum, side) => sum + found[side], 0), weights.reduce((a, b) => a + b, 0));
    near(found.ahead, found.right + weights[n - 1]);
  }
  assert.equal(sidesOf([0.5, 0.25, 0.25], tokens("x"), 1).neighbour, null);
});

test("heads are ranked by a column, and their mean is of all of them", () => {
  const heads = [{head: 0, left: 0.5, right: 0, itself: 0.5, special: 0, ahead: 0}, {head: 1, left: 0.25, right: 0.5, itself: 0, special: 0.25, ahead: 0.75}];
  assert.deepEqual(ranked(heads, "right").map(({head}) => head), [1, 0]);
  assert.deepEqual(ranked(heads, "left").map(({head}) => head), [0, 1]);
  assert.deepEqual(meanSides(heads), {left: 0.375, right: 0.25, itself: 0.25, special: 0.125, ahead: 0.375});
});
