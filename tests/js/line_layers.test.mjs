import assert from "node:assert/strict";
import test from "node:test";
import {page, random} from "./page.mjs";

const {headColour} = await page("head_colours.js");
const {PALETTES} = await page("colour.js");
const {isLong, isSlow, layersOf, linesOfHeads, shownHeads, sievesOf} = await page("line_layers.js");

const SITE = {name: "x.attn", n_heads: 4};
const TRACE = {
  head: () => ({nQuery: 2, nKey: 2, visible: (query, key) => key <= query}),
  pattern: (_, head) => Float32Array.of(1, 0, head / 10, 1 - head / 10),
};
const layers = (lines, head = 1) => {
  const heads = shownHeads(SITE, head, lines), of = linesOfHeads(TRACE, SITE, heads, 0.15);
  return layersOf({trace: TRACE, site: SITE, heads, of, lines, place: {step: 30}, theme: "light"});
};

test("a head alone has one layer, in ink or the colour that is given", () => {
  const [only, ...others] = layers({heads: "chosen", hidden: ""});
  assert.deepEqual(others, []);
  assert.deepEqual([only.head, only.colour, only.dash, only.shift], [1, PALETTES.light.ink, [], 0]);
  assert.deepEqual([...only.lines.cells], [3, 0]); // 0.1 is below the threshold, the heaviest last
});

test("of a block every head that is not hidden has its colour, beside the others, the chosen one on top", () => {
  const found = layers({heads: "block", hidden: "0"});
  assert.deepEqual(found.map(({head}) => head), [2, 3, 1]);
  assert.deepEqual(found.map(({colour}) => colour), [2, 3, 1].map((head) => headColour(head, "light")));
  const shifts = [...found].sort((a, b) => a.head - b.head).map(({shift}) => shift);
  assert.ok(shifts[0] < shifts[1] && shifts[1] < shifts[2] && Math.abs(shifts[1]) < 1e-9);
  assert.deepEqual(found.map(({lines}) => lines.cells.length), [3, 3, 2]);
  assert.deepEqual([...found[1].lines.weights], [...found[1].lines.cells].map((cell) => TRACE.pattern(SITE, 3)[cell]));
});

test("of one token there are its own lines", () => {
  const [one] = linesOfHeads(TRACE, SITE, [3], 0, {axis: "query", index: 1});
  assert.deepEqual([...one.cells].sort(), [2, 3]);
});

test("a slow head's lines, worked out step by step, are those of its whole pattern", () => {
  const n = 600, next = random(2), rows = Array.from({length: n}, (_, query) => Float64Array.from({length: n}, (_, key) => (key <= query ? next() ** 9 : 0)));
  const head = {nQuery: n, nKey: n, visible: (query, key) => key <= query}, trace = {
    head: () => head, row: (_, index, query) => rows[query].map((x) => x / (index + 1)), pattern: (_, index) => Float32Array.from(rows.flatMap((row) => Array.from(row, (x) => x / (index + 1))))};
  assert.ok(isSlow(head) && !isLong(head));
  const sieves = sievesOf(trace, SITE, [0, 2], 0.1);
  for (const sieve of sieves) for (let steps = 0; !sieve.done; steps++, sieve.next()) assert.ok(steps <= n, "a step is a row");
  assert.deepEqual(sieves.map(({lines}) => lines), linesOfHeads(trace, SITE, [0, 2], 0.1));
  assert.ok(sieves[1].lines.cells.length > 100 && sieves[1].lines.cells.length < sieves[0].lines.cells.length);
  assert.ok(!isSlow({nQuery: 512, nKey: 512}));
});
