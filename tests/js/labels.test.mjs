import assert from "node:assert/strict";
import test from "node:test";
import {page, random} from "./page.mjs";

const {elide, ems, label, language, legible, over, special, spelt} = await page("labels.js");
const plain = (text) => label({text, start: 0, part: null});

/** Characters of every sort, weighted towards the awkward. */
const next = random(3);
const ODD = [" ", "\n", "\t", "\0", "\u001b", "\u202e", "\u200b", "\u00ad", "\ufeff", "\ufffe", "\ue000", "猫", "é", "e\u0301", "𠮷", "😀", "a", "<", "&"];
const some = (count) => Array.from({length: count}, () => (next() < 0.5 ? ODD[Math.floor(next() * ODD.length)]
  : String.fromCodePoint(32 + Math.floor(next() * 0x2fff)))).join("");
const TEXTS = Array.from({length: 500}, (_, i) => some(1 + (i % 30)));

test("spaces and breaks can be seen", () => {
  assert.equal(plain(" cat"), "␣cat");
  assert.equal(plain("  "), "␣␣");
  assert.equal(plain("a\nb\r\n\tc"), "a⏎b\\r⏎⇥c");
  assert.equal(plain("\u00a0"), "⍽");
  assert.equal(plain("\u3000"), "□");
});

test("control characters, directions and what has no shape are shown as signs", () => {
  assert.equal(plain("\0"), "\\x00");
  assert.equal(plain("\u0007\u007f"), "\\x07\\x7F");
  assert.equal(plain("\u0378"), "U+0378"); // assigned to nothing
  assert.equal(plain("\u{e01f0}"), "U+E01F0");
  assert.equal(plain("\u001b[2J"), "\\x1B[2J");
  assert.equal(plain("a\u202eb"), "aU+202Eb");
  assert.equal(plain("\u0085"), "U+0085");
  assert.equal(plain("\u200b\u200d\ufeff"), "U+200BU+200DU+FEFF");
  assert.equal(plain("\ufffe\ue000"), "U+FFFEU+E000");
});

test("half a character is shown as its number, and a label can be part of an address", () => {
  assert.equal(plain("a\ud83d"), "aU+D83D");
  assert.equal(plain("\ude00b"), "U+DE00b");
  assert.equal(plain("😀"), "😀");
  assert.equal(label({text: "<\ud800>", start: null, part: null}), "⟨U+D800⟩");
  assert.equal(encodeURIComponent(plain("\udc80")), "U%2BDC80");
});

test("a title tells a control character from the four signs that stand for it", () => {
  const told = (text) => spelt({text, start: 0, part: null});
  assert.equal(told("\u0007"), "\\x07 (U+0007)");
  assert.equal(told("\\x07"), "\\x07");
  assert.equal(told(" a\n"), "␣a⏎");
  assert.equal(told("\u0378b\u200d"), "U+0378bU+200D (U+0378 U+200D)");
  assert.equal(spelt({text: "<a\u0001>", start: null, part: null}), "⟨a\\x01⟩ (U+0001)");
});

test("a text that is read keeps its spaces, and hides nothing", () => {
  assert.equal(legible(" two words\n\u0007"), " two words⏎\\x07");
});

test("special tokens of all families stand in one kind of brackets", () => {
  const named = (text) => label({text, start: null, part: null});
  assert.deepEqual(["<s>", "</s>", "[CLS]", "<|endoftext|>", "<|", "[]", "x"].map(named),
    ["⟨s⟩", "⟨/s⟩", "⟨CLS⟩", "⟨endoftext⟩", "⟨<|⟩", "⟨[]⟩", "⟨x⟩"]);
});

test("special tokens, too, hold nothing that cannot be seen", () => {
  assert.equal(label({text: "<a\u0001b>", start: null, part: null}), "⟨a\\x01b⟩");
});

test("no label holds a character that cannot be seen or that turns its neighbours round", () => {
  for (const text of TEXTS) assert.doesNotMatch(plain(text), /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn} ]/u);
});

test("every kind of space can be seen", () => {
  for (const space of "\u1680\u2000\u2003\u2009\u202f\u205f") assert.doesNotMatch(plain(space), /\p{Zs}/u);
});

test("what can be seen stays as it is", () => {
  for (const text of ["cat", "猫", "<b>bold</b>", "&amp;", "$x$", "{{7*7}}", "e\u0301", "😀", "𠮷", "ع", "<mask>"]) {
    assert.equal(plain(text), text);
  }
});

test("characters that cannot be seen are told apart", () => {
  const unseen = [...new Set(TEXTS.flatMap((text) => Array.from(text)))].filter((c) => /[\p{C}\p{Z}]/u.test(c) && plain(c) !== c);
  assert.ok(unseen.length > 20);
  assert.equal(new Set(unseen.map(plain)).size, unseen.length);
});

test("special tokens stand in their own brackets, and typed ones do not", () => {
  assert.equal(label({text: "<bos>", start: null, part: null}), "⟨bos⟩");
  assert.equal(label({text: "<2zh>", start: null, part: null}), "⟨2zh⟩");
  assert.equal(plain("<bos>"), "<bos>");
});

test("each byte of a rare character says which it is", () => {
  const labels = [0, 1, 2, 3].map((i) => label({text: "😀", start: 4, part: [i, 4]}));
  assert.equal(new Set(labels).size, 4);
  labels.forEach((text, i) => assert.equal(text, `😀 ${i}/4`));
});

test("entries of the vocabulary that stand for no text of their own are special", () => {
  for (const text of ["<eos>", "<mask>", "<2en>", "<0xE2>", "<0x0A>", "<0xE7><0x8C>"]) assert.ok(special({text}), text);
  for (const text of ["<", ">", " <", "cat", "<b>x", "< eos>", "a<b>"]) assert.ok(!special({text}), text);
});

const graphemes = (text) => Array.from(new Intl.Segmenter().segment(text), (x) => x.segment);

test("an elided label keeps its ends and its length", () => {
  for (const text of TEXTS) {
    for (const length of [3, 4, 12, 14, 24]) {
      const short = elide(text, length), whole = graphemes(text);
      if (whole.length <= length) {
        assert.equal(short, text);
        continue;
      }
      const cut = Array.from({length}, (_, i) => i).find((i) => short === whole.slice(0, i).join("") + "…"
        + whole.slice(whole.length - (length - i - 1)).join(""));
      assert.ok(cut > 0 && cut < length - 1, "both ends are kept");
    }
  }
});

test("eliding never leaves half a character", () => {
  for (const character of ["😀", "𠮷", "👍", "🇨"]) {
    for (let length = 3; length < 12; length++) assert.ok(elide(character.repeat(20), length).isWellFormed());
  }
});

test("eliding takes no visible character apart", () => {
  for (const character of ["🇨🇳", "👍🏽", "e\u0301", "각"]) {
    for (let length = 3; length < 12; length++) {
      for (const one of graphemes(elide(character.repeat(20), length))) assert.ok(one === character || one === "…");
    }
  }
});

test("Chinese tokens are read as Chinese, others are not", () => {
  for (const text of ["猫", "，", " 我", "。", "𠮷"]) assert.equal(language(text), "zh-CN");
  for (const text of ["cat", ".", " the", "é", "12", ""]) assert.equal(language(text), "en");
});

test("a label's width grows with every character, a Chinese one's most", () => {
  assert.ok(ems("猫猫") > ems("ab"));
  for (const text of TEXTS) assert.ok(ems(`${text}a`) > ems(text));
  assert.equal(ems(""), 0);
});

test("what the server calls special ends a text, whatever its family writes; an ordinary token in brackets does not", () => {
  for (const text of ["</s>", "<|endoftext|>", "[SEP]", "<eos>"]) {
    assert.ok(over({text, special: true}), text);
    assert.ok(special({text, special: true}), text);
  }
  for (const text of ["<br>", "</p>", "[1]", "<0x0A>"]) assert.ok(!over({text}), text);
  assert.ok(over({text: "<eos>"}));
});
