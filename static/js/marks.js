/** How cells are marked: outlined where they are large; smaller ones by dots, which stay large enough to be seen. */

export const OUTLINED = 6; // pixels of a cell from which on an outline leaves something of it to be seen
const APART = 6; // pixels between dots, at least

/**
 * Of marked cells that lie within the room of one dot the first: it stands for all of them.
 * @param {{query: number, key: number}[]} marks @param {{wide: number, high: number}} size of a cell, in pixels
 */
export function dotted(marks, {wide, high}) {
  const down = Math.max(1, Math.round(APART / high)), across = Math.max(1, Math.round(APART / wide)), found = [];
  let lowest = 0, last = 0;
  for (const {query, key} of marks) [lowest, last] = [Math.max(lowest, query), Math.max(last, key)];
  const columns = Math.floor(last / across) + 1, taken = new Uint8Array((Math.floor(lowest / down) + 1) * columns);
  for (const mark of marks) {
    const place = Math.floor(mark.query / down) * columns + Math.floor(mark.key / across);
    if (!taken[place]) found.push(mark);
    taken[place] = 1;
  }
  return found;
}

/** Of marks in the order of their queries those of some rows: {from, to} */
export function ofRows(marks, {from, to}) {
  const before = (row) => {
    let low = 0, high = marks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (marks[middle].query < row) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const [first, end] = [before(from), before(to)];
  return first === 0 && end === marks.length ? marks : marks.slice(first, end);
}
