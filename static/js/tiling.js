/**
 * A matrix of more cells than a pane has pixels, seen like a map. A matrix is {values, rows, columns}, its values row after row
 * and NaN where there is nothing to see. A view is {cell, x, y}: the pixels that a cell takes, and the place in the matrix, in
 * cells, of the pane's upper left corner. A pane is {width, height} in pixels.
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

/** The view in which all of a matrix can be seen. */
export const whole = ({rows, columns}, {width, height}) => ({cell: Math.min(LARGEST_CELL, width / columns, height / rows), x: 0, y: 0});

/** The view in which a cell takes so many pixels, if it may, and what lies under a point of the pane stays there. */
export function zoomed(view, cell, at, matrix, pane) {
  const least = whole(matrix, pane).cell, to = clamp(cell, least, LARGEST_CELL);
  const along = (from, point, count) => clamp(from + point / view.cell - point / to, 0, count * (1 - least / to));
  return {cell: to, x: along(view.x, at.x, matrix.columns), y: along(view.y, at.y, matrix.rows)};
}

/** The same view in another pane. */
export const held = (view, matrix, pane) => zoomed(view, view.cell, {x: 0, y: 0}, matrix, pane);

/** The view whose corner is as near to this place as the matrix goes. */
export function placed(view, {x, y}, matrix, pane) {
  const along = (to, from, count, room) => clamp(to, 0, Math.max(0, from, count - room / view.cell));
  return {...view, x: along(x, view.x, matrix.columns, pane.width), y: along(y, view.y, matrix.rows, pane.height)};
}

/** The view after as little a move as shows a cell and, where there is room, its neighbours. */
export function showing(view, {row, column}, matrix, pane) {
  const along = (from, i, count, pixels) => {
    const room = pixels / view.cell, ahead = room >= 3 ? 1 : 0;
    if (i >= from && i + 1 <= from + room) return from;
    return clamp(i < from ? i - ahead : i + 1 + ahead - room, 0, Math.max(0, count - room));
  };
  return {...view, x: along(view.x, column, matrix.columns, pane.width), y: along(view.y, row, matrix.rows, pane.height)};
}

/** The cells that can be seen, the first and the one after the last of each side. */
export function within({cell, x, y}, {rows, columns}, {width, height}) {
  const along = (from, count, pixels) => ({from: Math.floor(from), to: Math.min(count, Math.ceil(from + pixels / cell))});
  return {rows: along(y, rows, height), columns: along(x, columns, width)};
}

/** The cell under a point of the pane; null beside the matrix. */
export function cellAt({cell, x, y}, point, {rows, columns}) {
  const row = Math.floor(y + point.y / cell), column = Math.floor(x + point.x / cell);
  return row >= 0 && row < rows && column >= 0 && column < columns ? {row, column} : null;
}

/** How many cells a side share one square, so that no square is smaller than a pixel. pixels: those of the screen a cell takes */
export const sideAt = (pixels) => Math.max(1, Math.ceil(1 / pixels - 1e-9));

/** A matrix of patches: of each the number that is largest in magnitude. */
export function patches({values, rows, columns}, side) {
  if (side === 1) return {values, rows, columns};
  const down = Math.ceil(rows / side), across = Math.ceil(columns / side), largest = new Float32Array(down * across).fill(NaN);
  for (let row = 0, i = 0; row < rows; row++) {
    let at = Math.floor(row / side) * across;
    for (let column = 0, left = side; column < columns; column++, i++, left--) {
      if (left === 0) [at, left] = [at + 1, side];
      if (exceeds(values[i], largest[at])) largest[at] = values[i];
    }
  }
  return {values: largest, rows: down, columns: across};
}

/** The cell that the patch around a cell is drawn from; the cell itself where nothing of it can be seen. */
export function foremost({values, rows, columns}, {row, column}, side) {
  const top = row - row % side, left = column - column % side;
  let found = {row, column}, largest = NaN;
  for (let i = top; i < Math.min(rows, top + side); i++) {
    for (let j = left; j < Math.min(columns, left + side); j++) {
      const value = values[i * columns + j];
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
