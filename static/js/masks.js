/** Masks: which keys a query may see. The same rules as model/masks.py, from the same descriptions. */
import {parseCells} from "./cells.js";

/**
 * @param {any} spec  "bidirectional", "causal", {prefix}, {window, of}, {painted, of}, {listed}, as a site carries it
 * @returns {(query: number, key: number) => boolean}
 */
export function visible(spec) {
  if (!(spec instanceof Object || spec === "bidirectional" || spec === "causal")) throw new RangeError("not a mask");
  if (spec === "bidirectional") return () => true;
  if (spec === "causal") return (query, key) => key <= query;
  if ("prefix" in spec) return (query, key) => key <= query || key < spec.prefix;
  if ("window" in spec) {
    const of = visible(spec.of);
    return (query, key) => of(query, key) && Math.abs(query - key) < spec.window;
  }
  if ("listed" in spec) return (query, key) => spec.listed[query][0] <= key && key < spec.listed[query][1];
  if ("painted" in spec) {
    const of = visible(spec.of), rows = new Map(); // query -> key -> whether it is seen
    for (const [query, key, on] of spec.painted) rows.set(query, (rows.get(query) ?? new Map()).set(key, on));
    return (query, key) => rows.get(query)?.get(key) ?? of(query, key);
  }
  throw new RangeError("not a mask");
}

/**
 * The keys that a query may see where they lie together, as those of every mask do in which no cell of that query is painted.
 * @returns {(query: number) => [number, number]|null} the first and the one after the last, of any number of keys; null: they have to be asked for one by one
 */
export function stretch(spec) {
  if (spec === "bidirectional") return () => [0, Infinity];
  if (spec === "causal") return (query) => [0, query + 1];
  if ("prefix" in spec) return (query) => [0, Math.max(query + 1, spec.prefix)];
  if ("listed" in spec) return (query) => spec.listed[query];
  const of = stretch(spec.of);
  if ("painted" in spec) {
    const rows = new Set(spec.painted.map(([query]) => query));
    return (query) => (rows.has(query) ? null : of(query));
  }
  return (query) => {
    const seen = of(query);
    return seen && [Math.max(seen[0], query - spec.window + 1), Math.min(seen[1], query + spec.window)];
  };
}

/** What a head may see: heads of an edited run may have masks of their own. */
export const maskOf = (site, head) => site.head_masks?.[head] ?? site.mask;

/** How wide its window is, whatever is painted on it; null where it has none. */
export const windowOf = (spec) => spec?.window ?? (spec?.of ? windowOf(spec.of) : null);

/** Whether it hides any of these keys from any of these queries. */
export function hides(spec, nQuery, nKey) {
  const sees = visible(spec), along = stretch(spec);
  for (let query = 0; query < nQuery; query++) {
    const seen = along(query);
    if (seen && (seen[0] > 0 || seen[1] < nKey)) return true;
    for (let key = 0; !seen && key < nKey; key++) if (!sees(query, key)) return true;
  }
  return false;
}

/** The mask of a site as the model has it, under all that a request and its edits paint on it. */
const bare = (mask) => (mask.painted || mask.window === 1 ? bare(mask.of) : mask);

/** Whether the attentions of one sequence to itself have different masks: what is painted is painted on top of each one's own. */
export function differ(sites, side) {
  const own = sites.filter(({query, key}) => query === side && key === side).map(({mask}) => JSON.stringify(bare(mask)));
  return new Set(own).size > 1;
}

/**
 * What is painted on, as it is seen at a site: the mask of its block where blocks differ, else the model's. -> {native, block: null where all are alike}
 * @param {any} trace @param {any} site @param {any} native the model's, which is the first block's
 */
export function beneathPaint(trace, site, native) {
  const {sites, predicted: side, request} = trace, own = sites.filter(({query, key}) => query === side && key === side);
  if (!differ(sites, side)) return {native, block: null};
  const here = site.query === side && own.find(({layer}) => layer === site.layer), plain = request?.mask === "native" || request?.mask?.painted;
  return here && plain ? {native: bare(here.mask), block: here.layer} : {native, block: own[0].layer};
}

/** The same word as a site carries it, on top of the native mask. */
export function specOf(word, native) {
  const asked = requested(word);
  if (asked === "native") return native;
  return "window" in Object(asked) || "painted" in Object(asked) ? {...asked, of: native} : asked;
}

/** What the mask picker and the URL write as one word ("prefix:3", "painted:2.0-1.3+") as the API takes it. */
export function requested(word) {
  const [name, rest] = word.split(":");
  if (rest === undefined) return name;
  if (name === "painted" && rest === "") return "native"; // nothing is painted yet
  return {[name]: name === "painted" ? parseCells(rest) : Number(rest)};
}
