/**
 * A mask painted by hand, on top of the one that the model was trained with. A painting is {rows, columns, native, seen, said}: native and seen
 * row after row, 1 where the query may see the key; said, where blocks differ, what was painted before, in the view of any block: place -> 1 or 0.
 * A place is {row, column}.
 */
import {parseCells, writtenCells} from "./cells.js";
import {visible} from "./masks.js";

export const MOST = 1024; // cells that a request may paint
export const LARGEST = 64; // tokens a side that a grid can be painted with
export const BLANK = "painted:"; // the word of a painting in which nothing differs

export const isPainted = (word) => word.startsWith(BLANK) && parseCells(word.slice(BLANK.length)) !== null;

/** @param {any} spec @param {any} native masks, as a site carries them; differs: whether blocks have masks of their own */
export function paintingOf(spec, native, rows, columns, differs = false) {
  const cells = (sees) => Uint8Array.from({length: rows * columns}, (_, i) => Number(sees(Math.floor(i / columns), i % columns)));
  const said = new Map((differs && spec.painted ? spec.painted : []).map(([query, key, on]) => [query * columns + key, Number(on)]));
  return {rows, columns, native: cells(visible(native)), seen: cells(visible(spec)), said};
}

/** What differs from the native mask, or was painted before and stays: in another block it may differ. -> [query, key, visible][] */
export function changes({columns, native, seen, said = null}) {
  const found = [];
  seen.forEach((on, i) => { if (on !== native[i] || said?.get(i) === on) found.push([Math.floor(i / columns), i % columns, on === 1]); });
  return found;
}

/** "painted:2.0-1.3+": only what differs, so that the same mask has one word */
export const wordOf = (painting) => BLANK + writtenCells(changes(painting));

/** The queries that may see nothing. */
export const blind = (painting) => Array.from({length: painting.rows}, (_, row) => row).filter((row) => !any(painting, rowOf(painting, row)));

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
  const seen = painting.seen.map((on, i) => Number(RULES[name]({on: on === 1, query: Math.floor(i / columns), key: i % columns, at, half})));
  return {...painting, seen};
}

export const cleared = (painting) => ({...painting, seen: painting.native, said: new Map()});

/** The words that a painting had, one after the other. */
export const begun = (word) => ({past: [], present: word, future: []});
export const done = (way, word) => (word === way.present ? way : {past: [...way.past, way.present], present: word, future: []});
export const undone = ({past, present, future}) => ({past: past.slice(0, -1), present: past.at(-1), future: [present, ...future]});
export const redone = ({past, present, future}) => ({past: [...past, present], present: future[0], future: future.slice(1)});
