import assert from "node:assert/strict";
import test from "node:test";
import {page, random} from "./page.mjs";

const {BLANK, MOST, PRESETS, begun, between, blind, changes, cleared, columnOf, done, flipped, isPainted, painted, paintingOf, partAround, preset, rectangle, redone,
  rowOf, sees, undone, wordOf} = await page("painting.js");
const {specOf, visible} = await page("masks.js");
const N = 7;

/** The same mask kept another way: what each query sees, as sets of keys. */
const setsOf = (painting) => Array.from({length: painting.rows}, (_, row) =>
  new Set(Array.from({length: painting.columns}, (_, key) => key).filter((column) => sees(painting, {row, column}))));
const native = (name) => paintingOf(name, name, N, N);
const keys = (painting) => setsOf(painting).map((set) => [...set].sort((a, b) => a - b).join(""));

test("random strokes keep the mask that a slow second way keeps, and the way back and forth leads over the same words", () => {
  const next = random(11), whole = (n) => Math.floor(next() * n), place = () => ({row: whole(N), column: whole(N)});
  for (let round = 0; round < 40; round++) {
    const of = next() < 0.5 ? "causal" : "bidirectional", sets = setsOf(native(of));
    let painting = native(of), history = begun(wordOf(painting));
    const words = [history.present];
    for (let stroke = 0; stroke < 12; stroke++) {
      const from = place(), to = place(), on = !sees(painting, from);
      const places = next() < 0.5 ? between(from, to) : rectangle(from, to);
      painting = painted(painting, places, on);
      for (const {row, column} of places) sets[row][on ? "add" : "delete"](column);
      assert.deepEqual(setsOf(painting), sets);
      history = done(history, wordOf(painting));
      if (history.present !== words.at(-1)) words.push(history.present);
      const read = paintingOf(specOf(history.present, of), of, N, N);
      assert.deepEqual(read.seen, painting.seen);
      assert.equal(wordOf(read), history.present);
    }
    for (const word of words.slice(0, -1).reverse()) assert.equal((history = undone(history)).present, word);
    assert.equal(history.past.length, 0);
    for (const word of words.slice(1)) assert.equal((history = redone(history)).present, word);
    assert.equal(history.future.length, 0);
  }
});

test("where blocks differ, what was painted in the view of one stays in the view of another", () => {
  const wide = {window: 2, of: "causal"}, cells = [[3, 0, true]], of = (native, differs = true) => paintingOf({painted: cells, of: native}, native, 4, 4, differs);
  const there = of("causal"), here = of(wide); // causal blocks see the cell anyhow
  assert.equal(wordOf(there), "painted:3.0+");
  assert.equal(wordOf(painted(there, [{row: 2, column: 1}], false)), "painted:2.1-3.0+");
  assert.equal(wordOf(painted(there, [{row: 3, column: 0}], false)), "painted:3.0-");
  assert.equal(wordOf(painted(painted(there, [{row: 3, column: 0}], false), [{row: 3, column: 0}], true)), "painted:3.0+");
  assert.equal(wordOf(painted(here, [{row: 3, column: 0}], false)), "painted:"); // back to what it was
  assert.equal(wordOf(cleared(there)), "painted:");
  assert.equal(wordOf(of("causal", false)), "painted:"); // where they are alike, nothing differs
});

test("only what differs from the native mask is kept, and painting it back leaves nothing", () => {
  const causal = native("causal"), once = painted(causal, [{row: 2, column: 0}, {row: 0, column: 3}, {row: 4, column: 4}], false);
  assert.equal(wordOf(causal), BLANK);
  assert.deepEqual(changes(once), [[2, 0, false], [4, 4, false]]);
  assert.equal(wordOf(once), "painted:2.0-4.4-");
  assert.equal(wordOf(painted(once, [{row: 2, column: 0}, {row: 4, column: 4}], true)), BLANK);
  assert.equal(wordOf(cleared(once)), BLANK);
  assert.deepEqual(causal.seen, native("causal").seen); // it is not changed itself
});

test("a stroke after going back begins another way forward", () => {
  const history = done(undone(done(done(begun("a"), "b"), "c")), "d");
  assert.deepEqual(history, {past: ["a", "b"], present: "d", future: []});
  assert.equal(done(history, "d"), history);
});

test("a quick drag leaves no cell out", () => {
  const next = random(3), place = () => ({row: Math.floor(next() * 30), column: Math.floor(next() * 30)});
  for (let i = 0; i < 200; i++) {
    const from = place(), to = place(), way = between(from, to);
    assert.deepEqual([way[0], way.at(-1)], [from, to]);
    for (let j = 1; j < way.length; j++) {
      assert.ok(Math.abs(way[j].row - way[j - 1].row) <= 1 && Math.abs(way[j].column - way[j - 1].column) <= 1);
    }
  }
});

test("a row and a column are hidden whole, and come back as trained", () => {
  const causal = native("causal");
  const row = flipped(causal, rowOf(causal, 3)), column = flipped(causal, columnOf(causal, 2));
  assert.deepEqual(blind(row), [3]);
  assert.deepEqual(keys(column), ["0", "01", "01", "013", "0134", "01345", "013456"]);
  assert.equal(wordOf(flipped(row, rowOf(row, 3))), BLANK);
  assert.equal(wordOf(flipped(column, columnOf(column, 2))), BLANK);
});

test("every preset is what its name says", () => {
  const causal = native("causal"), both = native("bidirectional"), at = {row: 5, column: 2};
  const due = {
    first: ["", "1", "12", "123", "1234", "12345", "123456"],
    other: ["0", "01", "012", "013", "0134", "01345", "013456"],
    halves: ["0", "01", "012", "0123", "4", "45", "456"],
    self: ["0", "1", "2", "3", "4", "5", "6"],
    neighbours: ["01", "012", "123", "234", "345", "456", "56"],
    causal: ["0", "01", "012", "0123", "01234", "012345", "0123456"],
    bidirectional: Array(N).fill("0123456"),
  };
  assert.deepEqual(PRESETS, Object.keys(due));
  for (const [name, rows] of Object.entries(due)) assert.deepEqual(keys(preset(causal, name, at)), rows, name);
  assert.deepEqual(blind(preset(causal, "first", at)), [0]);
  assert.deepEqual(keys(preset(both, "halves", at)), [...Array(4).fill("0123"), ...Array(3).fill("456")]);
  assert.deepEqual(keys(preset(preset(causal, "first", at), "other", at)), ["", "1", "12", "13", "134", "1345", "13456"]); // one on the other
  assert.equal(wordOf(preset(causal, "causal", at)), BLANK);
  assert.equal(changes(preset(paintingOf("causal", "causal", 46, 46), "bidirectional", at)).length, 1035);
  assert.ok(changes(preset(paintingOf("causal", "causal", 45, 45), "bidirectional", at)).length <= MOST);
});

test("any other mask can be painted on from where it is", () => {
  for (const word of ["native", "bidirectional", "causal", "prefix:3", "window:2", "window:0", "painted:", "painted:2.0-1.3+"]) {
    const painting = paintingOf(specOf(word, "causal"), "causal", N, N), sees = visible(specOf(wordOf(painting), "causal"));
    for (let query = 0; query < N; query++) {
      for (let key = 0; key < N; key++) assert.equal(sees(query, key), visible(specOf(word, "causal"))(query, key), word);
    }
  }
});

test("only what can be read is a painted mask", () => {
  for (const word of ["painted:", "painted:2.0-", "painted:2.0-1.3+"]) assert.equal(isPainted(word), true, word);
  for (const word of ["native", "painted", "painted:1", "painted:1.2", "painted:a.b+", "prefix:3"]) assert.equal(isPainted(word), false, word);
});

test("a grid has all of a small painting, and of a large one what is around a place, moving only where the place leaves it", () => {
  const part = (n, row, column, before) => { const {top, left, rows, columns} = partAround({rows: n, columns: n}, {row, column}, before); return [top, left, rows, columns]; };
  assert.deepEqual(part(64, 60, 3), [0, 0, 64, 64]);
  assert.deepEqual(part(4096, 4000, 3990), [3984, 3974, 32, 32]);
  assert.deepEqual([part(4096, 0, 4095), part(65, 64, 0)], [[0, 4064, 32, 32], [33, 0, 32, 32]]);
  const before = partAround({rows: 300, columns: 300}, {row: 100, column: 100});
  assert.deepEqual(part(300, 115, 84, before), [84, 84, 32, 32]);
  assert.deepEqual(part(300, 116, 84, before), [100, 84, 32, 32]);
});
