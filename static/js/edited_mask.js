/** The masks of an edited run, made of those of the run without the edits by the rules of model/edits.py. */
import {parseCells, writtenCells} from "./cells.js";
import {kindOf} from "./edits.js";
import {maskOf} from "./masks.js";
import {BLANK} from "./painting.js";

const isOf = (site, head) => (edit) => edit.paint === site.name && (edit.head ?? null) === head;

/** The edits without what is painted on this head's mask, or with head null on that of the whole attention. */
const unpainted = (edits, site, head) => edits.filter((edit) => !isOf(site, head)(edit));

/**
 * What the cells are painted on: the mask with all other edits, as a site carries one.
 * @param {any} site of the run without the edits
 */
export const beneath = (site, head, edits) => unpainted(edits, site, head)
  .filter((edit) => edit[kindOf(edit)] === site.name && [null, head].includes(edit.head ?? null))
  .reduce((of, edit) => ({paint: {painted: edit.cells, of}, diagonal: {window: 1, of}}[kindOf(edit)] ?? of), head === null ? site.mask : maskOf(site, head));

/** The cells as the mask painter takes them: "painted:2.0-1.3+" */
export const paintedWord = (edits, site, head) => BLANK + writtenCells(edits.filter(isOf(site, head)).flatMap(({cells}) => cells));

/** The edits with these cells painted, after all others; without any, where the word has none. */
export function painted(edits, site, head, word) {
  const cells = parseCells(word.slice(BLANK.length)), rest = unpainted(edits, site, head);
  return cells.length ? [...rest, {paint: site.name, ...(head !== null && {head}), cells}] : rest;
}
