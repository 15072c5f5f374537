/** Cells [query, key, visible] that are painted on a mask, as one word of the address. */

/** "3.1+4.0-" -> [[3, 1, true], [4, 0, false]]; null where the word is none */
export function parseCells(word) {
  if (!/^(\d+\.\d+[+-])*$/.test(word)) return null;
  return Array.from(word.matchAll(/(\d+)\.(\d+)([+-])/g), ([, query, key, on]) => [Number(query), Number(key), on === "+"]);
}

export const writtenCells = (cells) => cells.map(([query, key, on]) => `${query}.${key}${on ? "+" : "-"}`).join("");
