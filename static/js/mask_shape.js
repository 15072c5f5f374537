/** What a mask over a sentence is called, from nothing but the cells that are seen; and the cells of a mask that has a name. */
import {visible} from "./masks.js";

/**
 * Every mask over so many tokens that has a name, the plainest name first: a prefix of one token is the causal mask, a prefix of all is bidirectional.
 * -> {kind, count, sees: (query, key) => boolean}[]; count: of a prefix, a window, a band and of padding
 */
export function named(n) {
  const inside = Array.from({length: Math.max(0, n - 2)}, (_, i) => i + 2); // 2 .. n - 1
  const of = (kind, sees, count = null) => ({kind, count, sees});
  return [
    of("bidirectional", visible("bidirectional")),
    of("causal", visible("causal")),
    of("self", visible({window: 1, of: "bidirectional"})),
    ...inside.map((count) => of("prefix", visible({prefix: count}), count)),
    ...inside.map((count) => of("window", visible({window: count, of: "causal"}), count)),
    ...inside.map((count) => of("band", visible({window: count, of: "bidirectional"}), count)),
    ...Array.from({length: Math.max(0, n - 1)}, (_, i) => of("padding", (query, key) => key < n - 1 - i, i + 1)),
    of("backward", (query, key) => key >= query),
    of("nothing", () => false),
  ];
}

/** @param {{rows: number, columns: number, seen: ArrayLike<number>}} painting -> {kind, count}; kind "unknown" where the mask has no name */
export function shapeOf({rows, columns, seen}) {
  const found = rows === columns && named(rows).find(({sees}) => everywhere(rows, (query, key) => sees(query, key) === (seen[query * columns + key] === 1)));
  return found ? {kind: found.kind, count: found.count} : {kind: "unknown", count: null};
}

/** The cells of a mask with this name. -> Uint8Array [query * key] */
export function cellsOf({kind, count = null}, n) {
  const {sees} = named(n).find((one) => one.kind === kind && (count === null || one.count === count));
  return Uint8Array.from({length: n * n}, (_, i) => Number(sees(Math.floor(i / n), i % n)));
}

function everywhere(n, holds) {
  for (let query = 0; query < n; query++) for (let key = 0; key < n; key++) if (!holds(query, key)) return false;
  return true;
}
