import assert from "node:assert/strict";
import test from "node:test";
import {page} from "./page.mjs";

const {escaped, moved} = await page("views/heatmap.js");
const {neighbour} = await page("views/head_grid.js");

const step = (selected, key, ctrlKey = false) => moved(selected, {key, ctrlKey}, 4, 6);

test("arrow keys lead to the next cell and stop at the edges", () => {
  assert.deepEqual(step({row: 1, column: 1}, "ArrowUp"), {row: 0, column: 1});
  assert.deepEqual(step({row: 1, column: 1}, "ArrowDown"), {row: 2, column: 1});
  assert.deepEqual(step({row: 1, column: 1}, "ArrowLeft"), {row: 1, column: 0});
  assert.deepEqual(step({row: 1, column: 1}, "ArrowRight"), {row: 1, column: 2});
  assert.deepEqual(step({row: 0, column: 0}, "ArrowUp"), {row: 0, column: 0});
  assert.deepEqual(step({row: 3, column: 5}, "ArrowRight"), {row: 3, column: 5});
});

test("Home and End lead to the ends of the row, with Ctrl to the corners", () => {
  assert.deepEqual(step({row: 2, column: 3}, "Home"), {row: 2, column: 0});
  assert.deepEqual(step({row: 2, column: 3}, "End"), {row: 2, column: 5});
  assert.deepEqual(step({row: 2, column: 3}, "Home", true), {row: 0, column: 0});
  assert.deepEqual(step({row: 2, column: 3}, "End", true), {row: 3, column: 5});
});

test("other keys are left to the browser", () => {
  for (const key of ["Tab", "a", " ", "F5", "PageDown"]) assert.equal(step({row: 1, column: 1}, key), null, key);
});

test("arrow keys walk from head to head through all blocks, and stop at the edges", () => {
  const sites = [["encoder.blocks.0.attn", 4], ["encoder.blocks.1.attn", 4], ["decoder.blocks.0.attn", 2]]
    .map(([name, n_heads]) => ({name, n_heads}));
  const from = (at, head, key) => {
    const next = neighbour(sites, sites[at], head, key);
    return next && [sites.indexOf(next.site), next.head];
  };
  assert.deepEqual(from(0, 0, "ArrowRight"), [0, 1]);
  assert.deepEqual(from(0, 3, "ArrowRight"), [0, 3]);
  assert.deepEqual(from(0, 0, "ArrowUp"), [0, 0]);
  assert.deepEqual(from(0, 1, "ArrowDown"), [1, 1]);
  assert.deepEqual(from(1, 3, "ArrowDown"), [2, 1], "a block with fewer heads has its last one chosen");
  assert.deepEqual(from(1, 2, "Home"), [1, 0]);
  assert.deepEqual(from(1, 2, "End"), [1, 3]);
  assert.equal(from(1, 2, "Enter"), null);
});

test("blocks of one sort stand together, whatever the order they ran in", () => {
  const sites = ["decoder.blocks.0.attn", "decoder.blocks.0.cross_attn", "decoder.blocks.1.attn", "decoder.blocks.1.cross_attn"]
    .map((name) => ({name, n_heads: 2}));
  const walked = [sites[0]];
  for (let i = 0; i < 3; i++) walked.push(neighbour(sites, walked[i], 0, "ArrowDown").site);
  assert.deepEqual(walked.map((site) => site.name), [0, 2, 1, 3].map((i) => sites[i].name));
});

test("a label holds no markup once it is escaped, and reads the same", () => {
  const unescape = (text) => text.replace(/&(lt|gt|amp);/g, (_, name) => ({lt: "<", gt: ">", amp: "&"})[name]);
  for (const text of ["<b>bold</b>", "<br>", "&lt;", "&amp;amp;", "a & b", "<img src=x onerror=alert(1)>", "猫", "⟨bos⟩"]) {
    assert.doesNotMatch(escaped(text), /[<>]/);
    assert.equal(unescape(escaped(text)), text);
  }
});
