import assert from "node:assert/strict";
import test from "node:test";
import {page, random} from "./page.mjs";

const {cellAt, foremost, held, isLarge, magnitude, matrixOf, nested, patches, placed, showing, sidesAt, sizeOf, whole, within, zoomed} = await page("tiling.js");

const PANES = [{width: 600, height: 260}, {width: 240, height: 500}, {width: 1000, height: 1000}];
const SIZES = [{rows: 1024, columns: 1024}, {rows: 700, columns: 40}, {rows: 30, columns: 513}];
const near = (a, b, message) => assert.ok(Math.abs(a - b) < 1e-6, `${message ?? ""} ${a} and ${b}`);

function each(then) {
  const next = random(7);
  for (const pane of PANES) for (const matrix of SIZES) then(matrix, pane, next);
}

test("from 257 tokens on either side a matrix is large", () => {
  assert.ok(!isLarge({nQuery: 256, nKey: 256}));
  assert.ok(isLarge({nQuery: 257, nKey: 3}) && isLarge({nQuery: 3, nKey: 257}));
});

test("the whole matrix fits the pane and touches one of its edges", () => each((matrix, pane) => {
  const view = whole(matrix, pane), wide = view.cell * matrix.columns, high = view.cell * matrix.rows;
  assert.ok(wide <= pane.width + 1e-9 && high <= pane.height + 1e-9);
  near(Math.max(wide / pane.width, high / pane.height), 1);
  assert.deepEqual(within(view, matrix, pane), {rows: {from: 0, to: matrix.rows}, columns: {from: 0, to: matrix.columns}});
}));

test("zooming in from anywhere leaves under the pointer what was there", () => each((matrix, pane, next) => {
  let view = whole(matrix, pane);
  for (let step = 0; step < 30; step++) {
    const at = {x: next() * Math.min(pane.width, view.cell * (matrix.columns - view.x)), y: next() * Math.min(pane.height, view.cell * (matrix.rows - view.y))};
    const then = zoomed(view, view.cell * (1 + next()), at, matrix, pane);
    near(then.x + at.x / then.cell, view.x + at.x / view.cell);
    near(then.y + at.y / then.cell, view.y + at.y / view.cell);
    assert.ok(then.cell <= 64);
    view = then;
  }
  near(view.cell, 64);
}));

test("zooming out and out ends with the whole matrix, wherever the pointer is", () => each((matrix, pane, next) => {
  let view = zoomed(whole(matrix, pane), 64, {x: pane.width, y: pane.height}, matrix, pane);
  for (let step = 0; step < 40; step++) view = zoomed(view, view.cell / 1.5, {x: next() * pane.width, y: next() * pane.height}, matrix, pane);
  assert.deepEqual(view, whole(matrix, pane));
}));

test("a view cannot be moved off the matrix", () => each((matrix, pane) => {
  const view = zoomed(whole(matrix, pane), 40, {x: 0, y: 0}, matrix, pane);
  assert.deepEqual(placed(view, {x: -5, y: -1e9}, matrix, pane), {cell: 40, x: 0, y: 0});
  const end = placed(view, {x: 1e9, y: 1e9}, matrix, pane);
  assert.deepEqual([end.x, end.y], [Math.max(0, matrix.columns - pane.width / 40), Math.max(0, matrix.rows - pane.height / 40)]);
}));

test("a smaller pane shows the same part, a matrix that fits in it all", () => {
  const [matrix] = SIZES, large = {width: 600, height: 600}, view = {cell: 12, x: 300, y: 500};
  assert.deepEqual(held(view, matrix, {width: 300, height: 200}), view);
  assert.deepEqual(held({...view, cell: 0.3}, matrix, large), whole(matrix, large));
});

test("a chosen cell that is in sight moves nothing; another comes in sight with its neighbours", () => {
  const [matrix] = SIZES, pane = {width: 200, height: 100}, view = {cell: 10, x: 50, y: 70}; // 20 columns, 10 rows
  assert.deepEqual(showing(view, {row: 70, column: 69}, matrix, pane), view);
  assert.deepEqual(showing(view, {row: 80, column: 70}, matrix, pane), {cell: 10, x: 52, y: 72});
  assert.deepEqual(showing(view, {row: 69, column: 49}, matrix, pane), {cell: 10, x: 48, y: 68});
  assert.deepEqual(showing(view, {row: 0, column: 1023}, matrix, pane), {cell: 10, x: 1004, y: 0});
});

test("the cell under a point is the one drawn there", () => each((matrix, pane, next) => {
  const view = zoomed(whole(matrix, pane), 17.3, {x: 33, y: 21}, matrix, pane), seen = within(view, matrix, pane);
  for (let i = 0; i < 200; i++) {
    const row = Math.floor(next() * matrix.rows), column = Math.floor(next() * matrix.columns);
    const point = {x: (column + 0.02 + 0.96 * next() - view.x) * view.cell, y: (row + 0.02 + 0.96 * next() - view.y) * view.cell};
    assert.deepEqual(cellAt(view, point, matrix, pane), {row, column});
    const visible = point.x >= 0 && point.x < pane.width && point.y >= 0 && point.y < pane.height;
    if (visible) assert.ok(row >= seen.rows.from && row < seen.rows.to && column >= seen.columns.from && column < seen.columns.to);
  }
  assert.equal(cellAt(whole(matrix, pane), {x: -1, y: 3}, matrix, pane), null);
  assert.equal(cellAt(whole(matrix, pane), {x: whole(matrix, pane).cell * matrix.columns + 1, y: 0}, matrix, pane), null);
}));

test("as many cells share a patch as make it a pixel, no more", () => {
  assert.deepEqual([64, 1, 0.999, 0.5, 0.44, 1 / 3, 0.1].map((wide) => sidesAt({wide, high: 1}, 1).across), [1, 1, 2, 2, 3, 3, 10]);
  assert.deepEqual(sidesAt({wide: 9, high: 0.3}, 2), {down: 2, across: 1});
});

test("a pane that is to be filled is, and the shorter side of its cells grows first", () => {
  for (const matrix of [{rows: 1024, columns: 32}, {rows: 300, columns: 3072}, {rows: 40, columns: 40}]) {
    const pane = {width: 640, height: 320, filled: true}, all = whole(matrix, pane), least = sizeOf(all, matrix, pane);
    near(least.wide * matrix.columns, pane.width);
    near(least.high * matrix.rows, pane.height);
    const longer = Math.max(least.wide, least.high), at = {x: 200, y: 100};
    assert.deepEqual(sizeOf(zoomed(all, longer, at, matrix, pane), matrix, pane), {wide: longer, high: longer});
    for (const cell of [(all.cell + longer) / 2, longer, 64]) {
      const view = zoomed(all, cell, at, matrix, pane), {wide, high} = sizeOf(view, matrix, pane);
      assert.deepEqual(cellAt(view, at, matrix, pane), cellAt(all, at, matrix, pane));
      assert.ok(view.x >= 0 && view.x + pane.width / wide <= matrix.columns + 1e-6);
      assert.ok(view.y >= 0 && view.y + pane.height / high <= matrix.rows + 1e-6);
    }
  }
});

test("a row is shown without a move across", () => {
  const matrix = {rows: 1024, columns: 32}, pane = {width: 640, height: 320, filled: true}, view = zoomed(whole(matrix, pane), 40, {x: 300, y: 0}, matrix, pane);
  const there = showing(view, {row: 500, column: null}, matrix, pane);
  assert.equal(there.x, view.x);
  assert.ok(500 >= there.y && 501 <= there.y + pane.height / 40);
});

test("plotly gets the same numbers, and null where there is nothing to see", () => {
  assert.deepEqual(nested({values: Float64Array.of(1, NaN, 0.1, 2), rows: 2, columns: 2}), [[1, null], [0.1, 2]]);
});

test("a head's matrix has its numbers where it may look and from where it is drawn, nothing elsewhere", () => {
  const head = {nQuery: 3, nKey: 3, visible: (query, key) => key <= query};
  const {values, rows, columns} = matrixOf(head, (query) => [10 * query, 10 * query + 1, 10 * query + 2], 0);
  assert.deepEqual([...values], [0, NaN, NaN, 10, 11, NaN, 20, 21, 22]);
  assert.deepEqual([rows, columns], [3, 3]);
  assert.deepEqual([...matrixOf(head, () => [1, 2, 3], 1).values], [NaN, NaN, NaN, NaN, 2, NaN, NaN, 2, 3]);
});

const SMALL = {rows: 3, columns: 5, values: Float32Array.of(
  0.1, -0.9, NaN, NaN, 0,
  0.2, 0.8, NaN, NaN, NaN,
  -3, 2, 0.5, 0.5, 0.25)};

test("a patch is its cell of the largest magnitude, with its sign; nothing where all are hidden", () => {
  const {values, rows, columns} = patches(SMALL, {down: 2, across: 2});
  assert.deepEqual([rows, columns], [2, 3]);
  assert.deepEqual([...values], [-0.9, NaN, 0, -3, 0.5, 0.25].map(Math.fround));
  assert.deepEqual([...patches(SMALL, {down: 5, across: 5}).values], [-3]);
  assert.deepEqual([...patches(SMALL, {down: 3, across: 1}).values], [-3, 2, 0.5, 0.5, 0.25]);
  assert.deepEqual([...patches(SMALL, {down: 1, across: 3}).values], [-0.9, 0, 0.8, NaN, -3, 0.5].map(Math.fround));
  assert.equal(patches(SMALL, {down: 1, across: 1}).values, SMALL.values);
  assert.equal(magnitude(SMALL), 3);
});

test("pointing at a patch means the cell it is drawn from", () => {
  assert.deepEqual(foremost(SMALL, {row: 1, column: 0}, {down: 2, across: 2}), {row: 0, column: 1});
  assert.deepEqual(foremost(SMALL, {row: 1, column: 3}, {down: 2, across: 2}), {row: 1, column: 3}); // all hidden: itself
  assert.deepEqual(foremost(SMALL, {row: 2, column: 4}, {down: 2, across: 2}), {row: 2, column: 4});
  const next = random(3), matrix = {rows: 50, columns: 37, values: Float32Array.from({length: 50 * 37}, () => next() - 0.5)};
  const {values, columns} = patches(matrix, {down: 7, across: 5});
  for (let row = 0; row < 50; row += 3) {
    for (let column = 0; column < 37; column += 3) {
      const found = foremost(matrix, {row, column}, {down: 7, across: 5});
      assert.equal(matrix.values[found.row * 37 + found.column], values[Math.floor(row / 7) * columns + Math.floor(column / 5)]);
    }
  }
});

test("numbers keep all their digits: doubles stay doubles", () => {
  const head = {nQuery: 1, nKey: 2, visible: () => true};
  assert.deepEqual([...matrixOf(head, () => Float64Array.of(0.1, Math.PI), 0).values], [0.1, Math.PI]);
  assert.deepEqual([...matrixOf(head, () => Float32Array.of(0.1, Math.PI), 0).values], [Math.fround(0.1), Math.fround(Math.PI)]);
});
