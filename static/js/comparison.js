/** What belongs together in the panes of a comparison. An end is {trace, site, head}, null while it is not here. */
import {aligned} from "./alignment.js";
import {LETTERS} from "./panes.js";

/** Which query, and which key, of one end is which of another: a position, or null. Each alignment is made once. */
export function matched(ends) {
  const made = new Map();
  const between = (axis) => (from, to) => {
    const name = `${axis} ${from} ${to}`;
    if (!made.has(name)) made.set(name, aligned(...[from, to].map((i) => ends[i].trace.along(ends[i].site, axis))));
    return made.get(name);
  };
  const along = (axis) => (from, to, position) => {
    if (position === null || !ends[from] || !ends[to]) return null;
    return from === to ? position : between(axis)(from, to).to[position] ?? null;
  };
  return {queries: along("query"), keys: along("key"), between};
}

/** "B.7.3" -> the cell of a pane that A has not; null for none */
export function cellOf(apart) {
  const [, letter, query, key] = /^([ABC])\.(\d+)\.(\d+)$/.exec(apart) ?? [];
  return letter ? {pane: LETTERS.indexOf(letter), query: Number(query), key: Number(key)} : null;
}

/** Whether a pane is there and has this cell. */
export function has(ends, cell) {
  const end = cell && ends[cell.pane];
  return Boolean(end) && ["query", "key"].every((axis) => cell[axis] < end.trace.along(end.site, axis).length);
}
