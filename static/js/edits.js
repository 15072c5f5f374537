/**
 * Edits of a forward pass, as the API takes them, and as the address writes them:
 * "zero:decoder.blocks.0.attn:1;paint:decoder.blocks.0.attn::3.1+4.0-;swap:target:5:812".
 */
import {parseCells, writtenCells} from "./cells.js";

const HEADS = ["zero", "mean", "uniform", "diagonal"]; // name a site and, where it is not all of them, a head
export const KINDS = [...HEADS, "paint", "swap"];

const WRITTEN = /^(?:(?<kind>zero|mean|uniform|diagonal):(?<site>[a-z_.\d]+)(?::(?<head>\d+))?|paint:(?<painted>[a-z_.\d]+):(?<one>\d*):(?<cells>[\d.+-]*)|swap:(?<side>source|target):(?<position>\d+):(?<token>\d+))$/;

/** @param {string} word -> a list of edits; null where the word is none */
export function parse(word) {
  const edits = word === "" ? [] : word.split(";").map(one);
  return edits.includes(null) ? null : edits;
}

function one(word) {
  const found = WRITTEN.exec(word)?.groups, number = (digits) => (digits ? {head: Number(digits)} : {});
  if (!found) return null;
  const {kind, site, head, painted, one: only, cells, side, position, token} = found;
  if (kind) return {[kind]: site, ...number(head)};
  if (painted) return ((read) => read && {paint: painted, ...number(only), cells: read})(parseCells(cells));
  return {swap: Number(position), side, token: Number(token)};
}

/** @param {any[]} edits */
export const written = (edits) => edits.map((edit) => {
  const kind = kindOf(edit), head = edit.head ?? "";
  if (kind === "swap") return `swap:${edit.side}:${edit.swap}:${edit.token}`;
  if (kind === "paint") return `paint:${edit.paint}:${head}:${writtenCells(edit.cells)}`;
  return `${kind}:${edit[kind]}${head === "" ? "" : `:${head}`}`;
}).join(";");

export const kindOf = (edit) => KINDS.find((kind) => kind in edit);

/** Whether it names positions or tokens of the sentence, so that another sentence cannot keep it. */
export const ofSentence = (edit) => ["paint", "swap"].includes(kindOf(edit));
