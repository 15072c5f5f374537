import assert from "node:assert/strict";
import test from "node:test";
import {page, random} from "./page.mjs";

const {aligned} = await page("alignment.js");

const word = (text) => ({text, start: 0, part: null});
const special = (text) => ({text, start: null, part: null});
const words = (text) => text.split("").map(word);

/** How long the longest common subsequence is: every subsequence of the one, looked for in the other. */
function longest(a, b) {
  let most = 0;
  for (let chosen = 0; chosen < 2 ** a.length; chosen++) {
    const part = [...a].filter((_, i) => chosen & (2 ** i));
    let from = 0;
    if (part.length > most && part.every((letter) => (from = b.indexOf(letter, from) + 1) > 0)) most = part.length;
  }
  return most;
}

test("as many tokens are matched as can be, in order, each once", () => {
  const next = random(7), letters = () => Array.from({length: Math.floor(next() * 9)}, () => "abc"[Math.floor(next() * 3)]).join("");
  for (let i = 0; i < 300; i++) {
    const [a, b] = [letters(), letters()], {pairs, to, back} = aligned(words(a), words(b));
    const same = pairs.filter((pair) => pair[2]);
    assert.equal(same.length, longest(a, b), `${a} ${b}`);
    for (const [i, j] of same) assert.equal(a[i], b[j]);
    pairs.slice(1).forEach(([i, j], at) => assert.ok(i > pairs[at][0] && j > pairs[at][1], `${a} ${b}`));
    to.forEach((j, i) => j === null || assert.equal(back[j], i));
    assert.equal(to.filter((j) => j !== null).length, pairs.length);
    assert.equal(back.filter((i) => i !== null).length, pairs.length);
  }
});

test("as many are matched of longer texts, each table of lengths written out in full", () => {
  const next = random(8), letters = (n) => Array.from({length: n}, () => "abcdef"[Math.floor(next() * 6)]).join("");
  for (let i = 0; i < 60; i++) {
    const [a, b] = [letters(5 + Math.floor(next() * 60)), letters(5 + Math.floor(next() * 60))], table = Array.from({length: a.length + 1}, () => Array(b.length + 1).fill(0));
    for (let x = 1; x <= a.length; x++) for (let y = 1; y <= b.length; y++) table[x][y] = a[x - 1] === b[y - 1] ? table[x - 1][y - 1] + 1 : Math.max(table[x - 1][y], table[x][y - 1]);
    const {pairs} = aligned(words(a), words(b)), same = pairs.filter((pair) => pair[2]);
    assert.equal(same.length, table[a.length][b.length], `${a} ${b}`);
    for (const [x, y] of same) assert.equal(a[x], b[y]);
    pairs.slice(1).forEach(([x, y], at) => assert.ok(x > pairs[at][0] && y > pairs[at][1], `${a} ${b}`));
  }
  const [one, other] = [words("abc"), words("abc")];
  assert.equal(aligned(one, other), aligned(one, other), "made once");
});

test("one word in place of another is its partner, and is told from the same word", () => {
  const {pairs, alike} = aligned(words("abcd"), words("axcd"));
  assert.deepEqual(pairs, [[0, 0, true], [1, 1, false], [2, 2, true], [3, 3, true]]);
  assert.equal(alike, false);
});

test("stretches of different length, and long ones, have no partners", () => {
  assert.deepEqual(aligned(words("abcd"), words("axycd")).to, [0, null, 3, 4]);
  assert.deepEqual(aligned(words("a1234b"), words("a5678b")).to, [0, null, null, null, null, 5]);
});

test("the space before a word does not count, the word does", () => {
  const {pairs} = aligned([word("The"), word(" cat")], [word(" The"), word("cat")]);
  assert.deepEqual(pairs, [[0, 0, true], [1, 1, true]]);
  assert.deepEqual(aligned([word(" ")], [word("\n")]).pairs.map((pair) => pair[2]), [false]); // a space is no word less its space
});

test("special tokens are matched by what they are there for", () => {
  const decoder = [special("<bos>"), word("I"), word(" want")], encoder = [special("<cls>"), word("I"), word(" want"), special("<sep>")];
  assert.deepEqual(aligned(decoder, encoder).to, [0, 1, 2]);
  const target = [special("<2zh>"), word("我")], document = [special("<bos>"), word("I"), special("<sep>"), word("我")];
  assert.deepEqual(aligned(target, document).to, [2, 3]);
});

test("bytes of a character are matched part by part", () => {
  const bytes = (text) => [0, 1, 2].map((i) => ({text, start: 0, part: [i, 3]}));
  assert.deepEqual(aligned(bytes("鱻"), bytes("鱻")).pairs.map((pair) => pair[2]), [true, true, true]);
  assert.deepEqual(aligned(bytes("鱻"), bytes("龘")).pairs.map((pair) => pair[2]), [false, false, false]);
});

test("the same sequence is alike, nothing has no partner", () => {
  assert.equal(aligned(words("abab"), words("abab")).alike, true);
  assert.deepEqual(aligned([], words("ab")), {pairs: [], to: [], back: [null, null], alike: false});
});
