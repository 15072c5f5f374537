/**
 * A mask painted by hand, on top of the one that the model was trained with. A painting is {rows, columns, native, seen, said}: native and seen
 * row after row, 1 where the query may see the key; said, where blocks differ, what was painted before, in the view of any block: place -> 1 or 0.
 * A place is {row, column}.
 */
import {parseCells, writtenCells} from "./cells.js";
import {visible} from "./masks.js";

export const MOST = 1024; // cells that a request may paint
export const LARGEST = 64; // tokens a side, up to which a grid has all of them
const PART = 32; // tokens a side of what it has of more
export const BLANK = "painted:"; // the word of a painting in which nothing differs

export const isPainted = (word) => word.startsWith(BLANK) && parseCells(word.slice(BLANK.length)) !== null;

/** @param {any} spec @param {any} native masks, as a site carries them; differs: whether blocks have masks of their own */
export function paintingOf(spec, native, rows, columns, differs = false) {
  const trained = cellsOf(rows, columns, visible(native)), said = new Map((differs && spec.painted ? spec.painted : []).map(([query, key, on]) => [query * columns + key, Number(on)]));
  if (spec.of !== native || !spec.painted) return {rows, columns, native: trained, seen: spec === native ? trained : cellsOf(rows, columns, visible(spec)), said};
  const seen = trained.slice();
  for (const [row, column, on] of spec.painted) if (row < rows && column < columns) seen[row * columns + column] = Number(on);
  return {rows, columns, native: trained, seen, said};
}

function cellsOf(rows, columns, sees) {
  const cells = new Uint8Array(rows * columns);
  for (let row = 0, i = 0; row < rows; row++) for (let column = 0; column < columns; column++, i++) cells[i] = Number(sees(row, column));
  return cells;
}

/** What differs from the native mask, or was painted before and stays: in another block it may differ. -> [query, key, visible][] */
export function changes({columns, native, seen, said = null}) {
  const found = [];
  for (let i = 0; i < seen.length; i++) if (differs({native, seen, said}, i)) found.push([Math.floor(i / columns), i % columns, seen[i] === 1]);
  return found;
}

/** How many cells differ. */
export function changed({native, seen, said = null}) {
  let count = 0;
  for (let i = 0; i < seen.length; i++) count += Number(differs({native, seen, said}, i));
  return count;
}

/** Whether this cell does. */
export const differs = ({native, seen, said = null}, i) => seen[i] !== native[i] || said?.get(i) === seen[i];

/** "painted:2.0-1.3+": only what differs, so that the same mask has one word */
export const wordOf = (painting) => BLANK + writtenCells(changes(painting));

/** The queries that may see nothing. */
export const blind = ({rows, columns, seen}) => Array.from({length: rows}, (_, row) => row).filter((row) => !seen.subarray(row * columns, (row + 1) * columns).includes(1));

/** The part of a painting that a grid shows: all of it, or of a large one what is around a place, and the part before as long as the place lies in it. */
export function partAround({rows, columns}, {row, column}, before = null) {
  if (Math.max(rows, columns) <= LARGEST) return {top: 0, left: 0, rows, columns};
  const along = (at, count, from, size) => (from !== undefined && at >= from && at < from + size ? from : Math.max(0, Math.min(count - size, at - size / 2)));
  const size = {rows: Math.min(PART, rows), columns: Math.min(PART, columns)};
  return {top: along(row, rows, before?.top, size.rows), left: along(column, columns, before?.left, size.columns), ...size};
}

export const sees = ({columns, seen}, {row, column}) => seen[row * columns + column] === 1;

/** These places shown, or hidden. */
export function painted(painting, places, on) {
  const seen = painting.seen.slice();
  for (const {row, column} of places) seen[row * painting.columns + column] = Number(on);
  return {...painting, seen};
}

/** A whole row or column: hidden where anything of it is seen, else as the model was trained to see it. */
export function flipped(painting, places) {
  if (any(painting, places)) return painted(painting, places, false);
  const native = {...painting, seen: painting.native};
  return painted(painting, places.filter((place) => sees(native, place)), true);
}

const any = (painting, places) => places.some((place) => sees(painting, place));

export const rowOf = ({columns}, row) => Array.from({length: columns}, (_, column) => ({row, column}));
export const columnOf = ({rows}, column) => Array.from({length: rows}, (_, row) => ({row, column}));

/** Places on the way between two, both included: a quick drag leaves none out. */
export function between(from, to) {
  const down = to.row - from.row, across = to.column - from.column, steps = Math.max(Math.abs(down), Math.abs(across), 1);
  return Array.from({length: steps + 1}, (_, i) => (
    {row: from.row + Math.round(down * i / steps), column: from.column + Math.round(across * i / steps)}));
}

/** Every place of the rectangle with these corners. */
export function rectangle(from, to) {
  const [top, left] = [Math.min(from.row, to.row), Math.min(from.column, to.column)];
  const rows = Math.abs(from.row - to.row) + 1, columns = Math.abs(from.column - to.column) + 1;
  return Array.from({length: rows * columns}, (_, i) => ({row: top + Math.floor(i / columns), column: left + i % columns}));
}

/** name -> whether a query sees a key; on: whether it does now, at: the chosen place, half: the first query of the second half */
const RULES = {
  first: ({on, key}) => on && key !== 0,
  other: ({on, query, key, at}) => on && (key !== at.column || query === key),
  halves: ({on, query, key, half}) => on && (query < half) === (key < half),
  self: ({query, key}) => query === key,
  neighbours: ({query, key}) => Math.abs(query - key) <= 1,
  causal: ({query, key}) => key <= query,
  bidirectional: () => true,
};

export const PRESETS = Object.keys(RULES);

/** What hides a part leaves the rest as it is painted; what is a mask by itself takes its place. */
export function preset(painting, name, at) {
  const half = Math.ceil(painting.rows / 2), {columns} = painting;
  const seen = cellsOf(painting.rows, columns, (query, key) => RULES[name]({on: painting.seen[query * columns + key] === 1, query, key, at, half}));
  return {...painting, seen};
}

export const cleared = (painting) => ({...painting, seen: painting.native, said: new Map()});

/** The words that a painting had, one after the other. */
export const begun = (word) => ({past: [], present: word, future: []});
export const done = (way, word) => (word === way.present ? way : {past: [...way.past, way.present], present: word, future: []});
export const undone = ({past, present, future}) => ({past: past.slice(0, -1), present: past.at(-1), future: [present, ...future]});
export const redone = ({past, present, future}) => ({past: [...past, present], present: future[0], future: future.slice(1)});
