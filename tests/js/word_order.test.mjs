import assert from "node:assert/strict";
import test from "node:test";
import {page} from "./page.mjs";

const {carried, erased, inOrder, rowsOf, sameWords, textOf, turned, wordsOf} = await page("word_order.js");

test("a word is carried to another place, and the others close up", () => {
  assert.deepEqual(carried([0, 1, 2, 3], 3, 0), [3, 0, 1, 2]);
  assert.deepEqual(carried([0, 1, 2, 3], 0, 2), [1, 2, 0, 3]);
  assert.deepEqual(carried([3, 1, 2, 0], 1, 1), [3, 1, 2, 0]);
  assert.deepEqual(carried([0, 1], 1, 9), [0, 1], "no further than the end");
  for (let from = 0; from < 4; from++) {
    for (let to = 0; to < 4; to++) {
      const order = carried([2, 0, 3, 1], from, to);
      assert.equal(order[to], [2, 0, 3, 1][from]);
      assert.deepEqual([...order].sort(), inOrder(4));
    }
  }
});

test("a ring that begins elsewhere is told from another order", () => {
  assert.deepEqual([[3, 0, 1, 2], [1, 2, 3, 0], [2, 3, 0, 1]].map(turned), [true, true, true]);
  assert.deepEqual([[0, 1, 2, 3], [3, 1, 2, 0], [3, 2, 1, 0], [1, 0, 2, 3]].map(turned), [false, false, false, false]);
});

test("a text is cut into words as it is written, and joined again", () => {
  for (const text of ["我爱吃鱼", "I love eating fish", "鱼爱吃我"]) assert.equal(textOf(wordsOf(text)), text);
  assert.deepEqual(wordsOf("我爱吃鱼"), ["我", "爱", "吃", "鱼"]);
  assert.deepEqual(wordsOf(" I  love eating fish "), ["I", "love", "eating", "fish"]);
  assert.deepEqual(wordsOf("我 爱"), ["我", "爱"]);
});

test("what is erased is every number that is not 0, and no other", () => {
  const table = {shape: [2, 3], data: Float32Array.of(0, 1, 0, -1, 0, 0.5)};
  const edits = erased("decoder.pos_embed", table), left = table.data.slice();
  for (const {weight, row, column, value} of edits) {
    assert.equal(weight, "decoder.pos_embed");
    assert.notEqual(left[row * 3 + column], 0);
    left[row * 3 + column] = value;
  }
  assert.deepEqual(left, new Float32Array(6));
  assert.equal(edits.length, 3);
});

test("a word is compared with itself, wherever it stands", () => {
  const before = [[1, 0], [2, 0], [3, 1]], after = [[3, 1], [1, 0.5], [2, 0]]; // of the order 2, 0, 1
  assert.deepEqual(sameWords([2, 0, 1], before, after).map(({word, apart}) => [word, apart]), [[0, 0.5], [1, 0], [2, 0]]);
  assert.deepEqual(sameWords([2, 0, 1], before, after)[2], {word: 2, before: [3, 1], after: [3, 1], apart: 0});
});

test("rows of a tensor", () => assert.deepEqual(rowsOf({shape: [2, 2], data: Float32Array.of(1, 2, 3, 4)}), [[1, 2], [3, 4]]));
