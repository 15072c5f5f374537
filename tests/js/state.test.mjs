import assert from "node:assert/strict";
import test from "node:test";
import {page, random} from "./page.mjs";

const {PROPS, read, write} = await page("state.js");
const INITIAL = Object.fromEntries(Object.entries(PROPS).map(([name, prop]) => [name, prop.initial]));
const urlOf = (values) => new URL(`http://headlight.test/${write(values)}`);

test("an address that says nothing is the initial state, and the initial state needs no address", () => {
  assert.deepEqual(read(new URL("http://headlight.test/")), INITIAL);
  assert.equal(write(INITIAL), "");
});

test("every state comes back from its address", () => {
  const next = random(6);
  const odd = ["", "我爱吃鱼", "a&b=c#d?e", "100 % + 1", "<b>\"'", "\n\t \0", "\u202e", "😀", "text=no&model=encoder", "+", "%41", "{}"];
  const pick = (list) => list[Math.floor(next() * list.length)];
  for (let i = 0; i < 500; i++) {
    const values = Object.fromEntries(Object.entries(PROPS).map(([name, prop]) =>
      [name, name === "written" ? pick([null, "", "5", "12.0.900"]) : prop.initial === null ? pick([null, 0, 7, 4095]) : pick([prop.initial, ...(prop.words ?? odd)])]));
    assert.deepEqual(read(urlOf(values)), values);
  }
});

test("the sentence and its target stand in the fragment, which is never sent", () => {
  const {search, hash, pathname} = urlOf({...INITIAL, model: "encoder", text: "confidential", target: "classified", beside: "text=secret"});
  assert.equal(pathname, "/");
  assert.doesNotMatch(search, /confidential|classified|secret/);
  assert.match(hash, /confidential/);
  assert.match(hash, /classified/);
});

test("a number that is none is as if it were not there", () => {
  for (const bad of ["", "-1", "1.5", "1e3", "abc", "0x10", " 1"]) {
    assert.equal(read(new URL(`http://headlight.test/?head=${encodeURIComponent(bad)}`)).head, null, bad);
  }
  assert.equal(read(new URL("http://headlight.test/?head=0")).head, 0);
});

test("the first checkpoint is not the finished model, which needs no address", () => {
  assert.equal(write({...INITIAL, checkpoint: 0}), "?checkpoint=0");
  assert.equal(write({...INITIAL, checkpoint: null}), "");
  assert.equal(read(new URL("http://headlight.test/?checkpoint=0")).checkpoint, 0);
  assert.equal(read(new URL("http://headlight.test/?checkpoint=last")).checkpoint, null);
});

test("a word that is none of those there are is as if it were not there", () => {
  for (const [name, {words, initial}] of Object.entries(PROPS).filter(([, prop]) => prop.words)) {
    for (const bad of ["", "foo", `${words[0]} `, words[0].toUpperCase()].filter((word) => !words.includes(word))) {
      assert.equal(read(new URL(`http://headlight.test/?${name}=${encodeURIComponent(bad)}`))[name], initial, bad);
    }
  }
});

test("what is not a property of the page is let be", () => {
  assert.deepEqual(read(new URL("http://headlight.test/?utm_source=x&__proto__=y#other=z")), INITIAL);
});
