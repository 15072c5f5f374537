/**
 * What a run depends on, as the page's state has it: model, text, target, mask, checkpoint, edits, written. The words of the address
 * become the request of the API here and nowhere else.
 */
import {ofSentence, parse, written} from "./edits.js";
import {requested} from "./masks.js";
import {BLANK} from "./painting.js";

export const SETUP = ["model", "text", "target", "mask", "checkpoint", "edits", "written"];

/**
 * The body of a request for a trace.
 * @param {Record<string, any>} setup
 * @param {{kind: string}} model what /api/models says of it
 */
export function bodyOf({model: id, text, target = "", mask = "native", checkpoint = null, edits = "", written: ids = null}, {kind}) {
  const list = parse(edits) ?? [];
  return {
    model: id, text, mask: requested(mask),
    ...(kind === "encoder-decoder" && target.trim() && {target}),
    ...(checkpoint !== null && {checkpoint}),
    ...(list.length > 0 && {edits: list}),
    ...(ids !== null && kind !== "encoder" && {written: tokenIds(ids)}),
  };
}

/** The setup for another sentence: what was written behind this one, its painted cells and its swapped tokens do not fit that. */
export function withSentence(setup, {text, target}) {
  if ((text === setup.text && target === setup.target) || setup.text === "") return {...setup, text, target}; // "": none was shown before
  const edits = (parse(setup.edits) ?? []).filter((edit) => !ofSentence(edit));
  return {...setup, text, target, edits: written(edits), written: null, mask: withoutCells(setup.mask)};
}

/** Painted cells are of one sentence and one model's tokens; another begins with none. */
export const withoutCells = (mask) => (mask.startsWith(BLANK) ? BLANK : mask);

/** "12.7" -> [12, 7] */
export const tokenIds = (word) => (word === "" ? [] : word.split(".").map(Number));

/** What another setup says differently, as one word of the address: "mask=bidirectional&model=encoder". */
export function differing(setup, base) {
  const other = SETUP.filter((name) => setup[name] !== base[name]), none = other.filter((name) => setup[name] === null);
  const params = new URLSearchParams(other.filter((name) => !none.includes(name)).map((name) => [name, setup[name]]));
  if (none.length) params.set(NONE, none.join("."));
  return params.toString();
}

/** The setup that differs so from this one. */
export function differently(base, word) {
  const params = new URLSearchParams(word), none = (params.get(NONE) ?? "").split(".");
  return Object.fromEntries(SETUP.map((name) => {
    const said = none.includes(name) ? null : params.get(name) ?? base[name];
    return [name, name === "checkpoint" && said !== null ? Number(said) : said];
  }));
}

const NONE = "none"; // what is null in the other and not here
