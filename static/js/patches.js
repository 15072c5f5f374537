/** A head's pattern for a small picture: of a long one, the largest weight of each patch. */
import {maskOf, stretch, visible} from "./masks.js";

export const LARGEST = 64; // patches a side

/**
 * From the pattern where the trace has its queries and keys, else from the server's thumbnail, 256 levels of its square root.
 * @param {number} from the first key that is drawn; of a thumbnail, the patches that hold an earlier one are left out
 * @returns {{rows: number, columns: number, values: Float32Array}} NaN where nothing is visible
 */
export function patchesOf(trace, site, head, from) {
  const seen = seenOf(trace, site, head, from), {rows, columns} = seen, sent = trace.tensors?.[`${site.name}.thumbnails`];
  const values = new Float32Array(rows * columns).fill(NaN);
  if (sent) {
    const first = from > 0 ? 1 : 0;
    for (let at = 0; at < values.length; at++) {
      if (seen.any[at] && at % columns >= first) values[at] = (sent.data[head * values.length + at] / 255) ** 2;
    }
    return {rows, columns, values};
  }
  const sees = visible(maskOf(site, head)), pattern = trace.pattern(site, head), nKey = seen.column.length;
  for (let query = 0; query < seen.row.length; query++) {
    for (let key = from; key < nKey; key++) {
      const at = seen.row[query] * columns + seen.column[key], weight = pattern[query * nKey + key];
      if (seen.any[at] && sees(query, key) && !(values[at] >= weight)) values[at] = weight;
    }
  }
  return {rows, columns, values};
}

const remembered = new WeakMap(); // trace -> by mask and axes: heads of one trace seldom differ in them

/** Which patch each position falls into, and in which patches any key is visible. */
function seenOf(trace, site, head, from) {
  if (!remembered.has(trace)) remembered.set(trace, new Map());
  const known = remembered.get(trace), mask = maskOf(site, head), name = JSON.stringify([mask, site.query, site.key, from]);
  if (!known.has(name)) {
    const row = split(trace.along(site, "query").length), column = split(trace.along(site, "key").length);
    const rows = row.at(-1) + 1, columns = column.at(-1) + 1, any = new Uint8Array(rows * columns), sees = visible(mask), along = stretch(mask);
    for (let query = 0; query < row.length; query++) {
      const seen = along(query), start = Math.max(from, seen?.[0] ?? 0), end = Math.min(column.length, seen?.[1] ?? Infinity), left = row[query] * columns;
      if (seen && start < end) any.fill(1, left + column[start], left + column[end - 1] + 1);
      for (let key = start; !seen && key < end; key++) if (sees(query, key)) any[left + column[key]] = 1;
    }
    known.set(name, {row, column, rows, columns, any});
  }
  return known.get(name);
}

/** n positions in at most LARGEST patches as torch's tensor_split has them, the longer ones first. -> the patch of each */
function split(n) {
  const count = Math.min(LARGEST, n), short = Math.floor(n / count), longer = n % count, edge = longer * (short + 1);
  return Uint8Array.from({length: n}, (_, i) => (i < edge ? Math.floor(i / (short + 1)) : longer + Math.floor((i - edge) / short)));
}
