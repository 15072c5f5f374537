/** Which run of a model an element of a lesson is about, as its attributes say it. */
import {parse} from "./edits.js";
import {requested} from "./masks.js";

const NAMES = ["model", "text", "target", "mask", "edits"];

/** What the article says for all of its elements, and what one says for itself. */
export function merged(article, own) {
  const defaults = Object.fromEntries(NAMES.filter((name) => article[`data-${name}`]).map((name) => [name, article[`data-${name}`]]));
  return {...defaults, ...own};
}

/** The run alone, of an element's attributes. */
export const runOf = (attributes) => Object.fromEntries(NAMES.filter((name) => attributes[name]).map((name) => [name, attributes[name]]));

/** Edits as a list: from JSON as the API takes them, from words as the address has them, or from a list. */
export function editList(edits) {
  if (!edits) return [];
  if (Array.isArray(edits)) return edits;
  return edits.startsWith("[") ? JSON.parse(edits) : parse(edits) ?? [];
}

/**
 * The body of a request for a trace.
 * @param {{model: string, text: string, target?: string, mask?: any, edits?: string|any[], names?: string[]}} run mask: a word, or as the API takes it
 */
export function requestOf({model, text, target, mask = "native", edits, ...rest}) {
  const list = editList(edits);
  return {model, text, mask: typeof mask === "string" ? requested(mask) : mask, ...(target && {target}), ...(list.length > 0 && {edits: list}), ...rest};
}

/** Where a token stands: by its place, or by its text. null where it is not there. */
export function placeOf(tokens, word) {
  if (word === undefined || word === "") return null;
  if (/^\d+$/.test(word)) return Number(word) < tokens.length ? Number(word) : null;
  const found = tokens.findIndex(({text}) => text.trim() === word);
  return found < 0 ? null : found;
}
