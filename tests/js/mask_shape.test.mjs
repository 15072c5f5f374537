import assert from "node:assert/strict";
import test from "node:test";
import {page} from "./page.mjs";

const {cellsOf, named, shapeOf} = await page("mask_shape.js");

/** A mask drawn by hand, a line for a query: x is seen. */
const drawn = (...lines) => ({rows: lines.length, columns: lines[0].length, seen: Uint8Array.from(lines.join(""), (c) => Number(c === "x"))});

const KNOWN = [
  ["bidirectional", null, ["xxxx", "xxxx", "xxxx", "xxxx"]],
  ["causal", null, ["x...", "xx..", "xxx.", "xxxx"]],
  ["self", null, ["x...", ".x..", "..x.", "...x"]],
  ["prefix", 2, ["xx..", "xx..", "xxx.", "xxxx"]],
  ["prefix", 3, ["xxx.", "xxx.", "xxx.", "xxxx"]],
  ["window", 2, ["x...", "xx..", ".xx.", "..xx"]],
  ["window", 3, ["x...", "xx..", "xxx.", ".xxx"]],
  ["band", 2, ["xx..", "xxx.", ".xxx", "..xx"]],
  ["padding", 1, ["xxx.", "xxx.", "xxx.", "xxx."]],
  ["padding", 3, ["x...", "x...", "x...", "x..."]],
  ["backward", null, ["xxxx", ".xxx", "..xx", "...x"]],
  ["nothing", null, ["....", "....", "....", "...."]],
];

for (const [kind, count, lines] of KNOWN) {
  test(`${kind} ${count ?? ""} is told by its cells, and made of its name`, () => {
    assert.deepEqual(shapeOf(drawn(...lines)), {kind, count});
    assert.deepEqual(cellsOf({kind, count}, 4), drawn(...lines).seen);
  });
}

test("one cell more or less, and a mask has no name", () => {
  for (const [kind, count, lines] of KNOWN.filter(([kind]) => ["causal", "prefix", "window"].includes(kind))) {
    const {rows, columns, seen} = drawn(...lines);
    for (let cell = 0; cell < seen.length; cell++) {
      const other = seen.slice();
      other[cell] = 1 - other[cell];
      assert.notDeepEqual(shapeOf({rows, columns, seen: other}), {kind, count}, `cell ${cell} of ${kind}`);
    }
  }
  assert.equal(shapeOf(drawn("x...", "xx..", "x.x.", "xxxx")).kind, "unknown");
  assert.equal(shapeOf({rows: 2, columns: 4, seen: new Uint8Array(8).fill(1)}).kind, "unknown", "over two sequences it is another thing");
});

test("no two masks of a length have the same cells under different names, but for those that are said first", () => {
  for (const n of [1, 2, 3, 5]) {
    for (const {kind, count, sees} of named(n)) {
      const seen = Uint8Array.from({length: n * n}, (_, i) => Number(sees(Math.floor(i / n), i % n)));
      const told = shapeOf({rows: n, columns: n, seen});
      if (n >= 3) assert.deepEqual(told, {kind, count});
      else assert.notEqual(told.kind, "unknown");
    }
  }
});
