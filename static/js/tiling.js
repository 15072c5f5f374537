/**
 * A matrix of more cells than a pane has pixels, seen like a map. A matrix is {values, rows, columns}, its values row after row
 * and NaN where there is nothing to see, or Blocks (blocks.js). A view is {cell, x, y}: the pixels that a cell takes a side at least, and the place in the
 * matrix, in cells, of the pane's upper left corner. A pane is {width, height} in pixels; cells are squares, but in a pane that is
 * to be `filled` the longer side of them is what the pane has room for, until the other has grown as long.
 */

export const PLOTTED = 256; // tokens a side, up to which plotly draws
const LARGEST_CELL = 64; // pixels

export const isLarge = ({nQuery, nKey}) => Math.max(nQuery, nKey) > PLOTTED;

/** What a head is drawn from, as exact as its rows. row: the numbers of one query; from: the first key that is drawn */
export function matrixOf({nQuery, nKey, visible}, row, from) {
  const values = new (row(0).constructor)(nQuery * nKey).fill(NaN);
  for (let query = 0; query < nQuery; query++) {
    const numbers = row(query);
    for (let key = from; key < nKey; key++) if (visible(query, key)) values[query * nKey + key] = numbers[key];
  }
  return {values, rows: nQuery, columns: nKey};
}

/** As plotly takes it: rows of numbers, null where there is nothing to see. */
export const nested = ({values, rows, columns}) => Array.from({length: rows}, (_, row) =>
  Array.from(values.subarray(row * columns, (row + 1) * columns), (x) => (Number.isNaN(x) ? null : x)));

/** What a cell takes where all of a matrix is in view. */
function least({rows, columns}, {width, height, filled = false}) {
  const wide = Math.min(LARGEST_CELL, width / columns), high = Math.min(LARGEST_CELL, height / rows), both = Math.min(wide, high);
  return filled ? {wide, high} : {wide: both, high: both};
}

/** The pixels that a cell takes in a view. */
export function sizeOf({cell}, matrix, pane) {
  const {wide, high} = least(matrix, pane);
  return {wide: Math.max(wide, cell), high: Math.max(high, cell)};
}

/** The view in which all of a matrix can be seen. */
export function whole(matrix, pane) {
  const {wide, high} = least(matrix, pane);
  return {cell: Math.min(wide, high), x: 0, y: 0};
}

/** The view in which a cell takes so many pixels, if it may, and what lies under a point of the pane stays there. */
export function zoomed(view, cell, at, matrix, pane) {
  const first = whole(matrix, pane), to = {cell: clamp(cell, first.cell, LARGEST_CELL)};
  const [most, before, after] = [first, view, to].map((one) => sizeOf(one, matrix, pane));
  const along = (from, point, side, count) => clamp(from + point / before[side] - point / after[side], 0, count * (1 - most[side] / after[side]));
  return {...to, x: along(view.x, at.x, "wide", matrix.columns), y: along(view.y, at.y, "high", matrix.rows)};
}

/** The same view in another pane. */
export const held = (view, matrix, pane) => zoomed(view, view.cell, {x: 0, y: 0}, matrix, pane);

/** The view whose corner is as near to this place as the matrix goes. */
export function placed(view, {x, y}, matrix, pane) {
  const {wide, high} = sizeOf(view, matrix, pane);
  const along = (to, from, count, room) => clamp(to, 0, Math.max(0, from, count - room));
  return {...view, x: along(x, view.x, matrix.columns, pane.width / wide), y: along(y, view.y, matrix.rows, pane.height / high)};
}

/** The view after as little a move as shows a cell, or a row where column is null, and, where there is room, its neighbours. */
export function showing(view, {row, column}, matrix, pane) {
  const {wide, high} = sizeOf(view, matrix, pane);
  const along = (from, i, count, room) => {
    const ahead = room >= 3 ? 1 : 0;
    if (i === null || (i >= from && i + 1 <= from + room)) return from;
    return clamp(i < from ? i - ahead : i + 1 + ahead - room, 0, Math.max(0, count - room));
  };
  return {...view, x: along(view.x, column, matrix.columns, pane.width / wide), y: along(view.y, row, matrix.rows, pane.height / high)};
}

/** The cells that can be seen, the first and the one after the last of each side. */
export function within(view, matrix, pane) {
  const {wide, high} = sizeOf(view, matrix, pane);
  const along = (from, count, room) => ({from: Math.floor(from), to: Math.min(count, Math.ceil(from + room))});
  return {rows: along(view.y, matrix.rows, pane.height / high), columns: along(view.x, matrix.columns, pane.width / wide)};
}

/** The cell under a point of the pane; null beside the matrix. */
export function cellAt(view, point, matrix, pane) {
  const {wide, high} = sizeOf(view, matrix, pane);
  const row = Math.floor(view.y + point.y / high), column = Math.floor(view.x + point.x / wide);
  return row >= 0 && row < matrix.rows && column >= 0 && column < matrix.columns ? {row, column} : null;
}

/** How many cells share one patch, so that no patch is smaller than a pixel of the screen. sharp: such pixels for one of the page */
export const sidesAt = ({wide, high}, sharp) => ({down: sideAt(high * sharp), across: sideAt(wide * sharp)});

const sideAt = (pixels) => Math.max(1, Math.ceil(1 / pixels - 1e-9));

/** A matrix of patches of so many cells: of each the number that is largest in magnitude. */
export function patches({values, rows, columns}, {down, across}) {
  if (down === 1 && across === 1) return {values, rows, columns};
  const wide = Math.ceil(columns / across), high = Math.ceil(rows / down), largest = new Float32Array(high * wide).fill(NaN);
  for (let row = 0, i = 0; row < rows; row++) {
    let at = Math.floor(row / down) * wide;
    for (let column = 0, left = across; column < columns; column++, i++, left--) {
      if (left === 0) [at, left] = [at + 1, across];
      if (exceeds(values[i], largest[at])) largest[at] = values[i];
    }
  }
  return {values: largest, rows: high, columns: wide};
}

/** How many patches there are: {rows, columns} */
export const shapeOf = ({rows, columns}, {down, across}) => ({rows: Math.ceil(rows / down), columns: Math.ceil(columns / across)});

/**
 * The numbers of a block taken into the patches that it lies in, as `patches` takes those of a whole matrix.
 * @param {Float32Array} values @param {any} place of the block, in cells
 * @param {any} into patches: {values, columns}, cells: the cells that they are of, sides: of a patch
 */
export function pool(values, place, {patches: {values: largest, columns}, cells, sides}) {
  const top = Math.max(place.top, cells.top), bottom = Math.min(place.top + place.height, cells.top + cells.height);
  const left = Math.max(place.left, cells.left), right = Math.min(place.left + place.width, cells.left + cells.width);
  for (let row = top; row < bottom; row++) {
    const line = Math.floor((row - cells.top) / sides.down) * columns, from = (row - place.top) * place.width - place.left;
    let at = line + Math.floor((left - cells.left) / sides.across), rest = sides.across - (left - cells.left) % sides.across;
    for (let column = left; column < right; column++, rest--) {
      if (rest === 0) [at, rest] = [at + 1, sides.across];
      if (exceeds(values[from + column], largest[at])) largest[at] = values[from + column];
    }
  }
}

/** One number of a matrix, held whole or in blocks. */
export const numberAt = (matrix, row, column) => (matrix.values ? matrix.values[row * matrix.columns + column] : matrix.at(row, column));

/** Some rows and columns of a matrix: {from, to} of each. */
export function part(matrix, down, across) {
  const rows = down.to - down.from, columns = across.to - across.from;
  const values = Float64Array.from({length: rows * columns}, (_, i) => numberAt(matrix, down.from + Math.floor(i / columns), across.from + i % columns));
  return {values, rows, columns};
}

/** The cell that the patch around a cell is drawn from; the cell itself where nothing of it can be seen. */
export function foremost(matrix, {row, column}, {down, across}) {
  const {rows, columns} = matrix;
  const top = row - row % down, left = column - column % across;
  let found = {row, column}, largest = NaN;
  for (let i = top; i < Math.min(rows, top + down); i++) {
    for (let j = left; j < Math.min(columns, left + across); j++) {
      const value = numberAt(matrix, i, j);
      if (exceeds(value, largest)) [found, largest] = [{row: i, column: j}, value];
    }
  }
  return found;
}

/** The largest magnitude of a matrix. */
export function magnitude({values}) {
  let largest = 0;
  for (const value of values) if (exceeds(value, largest)) largest = Math.abs(value);
  return largest;
}

const exceeds = (value, than) => value === value && !(Math.abs(value) <= Math.abs(than)); // only NaN is not itself
const clamp = (x, least, most) => Math.min(most, Math.max(least, x));
