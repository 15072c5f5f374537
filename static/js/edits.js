/**
 * Edits of a forward pass, as the API takes them, and as the address writes them:
 * "zero:decoder.blocks.0.attn:1;paint:decoder.blocks.0.attn::3.1+4.0-;swap:target:5:812;weight:decoder.blocks.0.attn.W_q:1.0:-2.5".
 */
import {parseCells, writtenCells} from "./cells.js";

const HEADS = ["zero", "mean", "uniform", "diagonal"]; // name a site and, where it is not all of them, a head
export const KINDS = [...HEADS, "paint", "swap", "weight"];

const WRITTEN = /^(?:(?<kind>zero|mean|uniform|diagonal):(?<site>[a-z_.\d]+)(?::(?<head>\d+))?|paint:(?<painted>[a-z_.\d]+):(?<one>\d*):(?<cells>[\d.+-]*)|swap:(?<side>source|target):(?<position>\d+):(?<token>\d+)|weight:(?<matrix>[A-Za-z_.\d]+):(?<row>\d+)\.(?<column>\d+):(?<value>-?\d+(?:\.\d+)?(?:e-?\d+)?))$/;

/** @param {string} word -> a list of edits; null where the word is none */
export function parse(word) {
  const edits = word === "" ? [] : word.split(";").map(one);
  return edits.includes(null) ? null : edits;
}

function one(word) {
  const found = WRITTEN.exec(word)?.groups, number = (digits) => (digits ? {head: Number(digits)} : {});
  if (!found) return null;
  const {kind, site, head, painted, one: only, cells, side, position, token, matrix, row, column, value} = found;
  if (kind) return {[kind]: site, ...number(head)};
  if (painted) return ((read) => read && {paint: painted, ...number(only), cells: read})(parseCells(cells));
  if (matrix) return {weight: matrix, row: Number(row), column: Number(column), value: Number(value)};
  return {swap: Number(position), side, token: Number(token)};
}

/** @param {any[]} edits */
export const written = (edits) => edits.map((edit) => {
  const kind = kindOf(edit), head = edit.head ?? "";
  if (kind === "swap") return `swap:${edit.side}:${edit.swap}:${edit.token}`;
  if (kind === "weight") return `weight:${edit.weight}:${edit.row}.${edit.column}:${edit.value}`;
  if (kind === "paint") return `paint:${edit.paint}:${head}:${writtenCells(edit.cells)}`;
  return `${kind}:${edit[kind]}${head === "" ? "" : `:${head}`}`;
}).join(";");

export const kindOf = (edit) => KINDS.find((kind) => kind in edit);

/** Whether it names positions or tokens of the sentence, so that another sentence cannot keep it. */
export const ofSentence = (edit) => ["paint", "swap"].includes(kindOf(edit));

const PLACES = [["zero", "mean"], ["uniform", "diagonal"]]; // what takes hold at the same place: of one head one of these, or the other

/** @param {number|null} head null: every head of the site */
export const ofHead = (kind, site, head) => ({[kind]: site, ...(head !== null && {head})});

const headOf = (edit) => edit.head ?? null; // the server says null where there is none

export const same = (a, b) => written([a]) === written([b]);
export const has = (edits, edit) => edits.some((one) => same(one, edit));

/** The edits without this one, or with it where it is not there; it takes the place of what would take hold where it does. */
export function toggled(edits, edit) {
  if (has(edits, edit)) return edits.filter((one) => !same(one, edit));
  const kind = kindOf(edit), place = PLACES.find((kinds) => kinds.includes(kind)) ?? [kind];
  const stays = (one) => !(place.includes(kindOf(one)) && one[kindOf(one)] === edit[kind] && headOf(one) === headOf(edit));
  return [...edits.filter(stays), edit];
}

/** Another token at a position, in place of what was put there before. token: its id, null for the sentence's own */
export const swapped = (edits, {swap, side, token}) => [
  ...edits.filter((one) => !(one.swap === swap && one.side === side)), ...(token === null ? [] : [{swap, side, token}])];

/** What is done to this head: what is said of it, and what is said of all heads of its site. */
export const editsOf = (edits, site, head) => edits.filter((edit) => edit[kindOf(edit)] === site.name && [null, head].includes(headOf(edit)));
