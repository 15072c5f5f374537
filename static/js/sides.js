/** Which side a position reads: of every head the weight to the left, to the right, on the token itself and on special tokens. */
import {isHidden} from "./hidden.js";
import {missingAt} from "./portions.js";

export const SIDES = ["left", "right", "itself", "special"];
export const COLUMNS = [...SIDES, "most"]; // that the heads are ranked by; most: the weight of the strongest neighbour

/**
 * The sums of one row, which add up to its own: 1, or 0 where the mask hides all. A hidden token is a neighbour, other special ones are not.
 * @param {ArrayLike<number>} weights of the query, one a key
 * @returns {{left: number, right: number, itself: number, special: number, ahead: number, neighbour: number|null, most: number}}
 * ahead: all that a decoder would not see, special tokens included; neighbour: the key left or right that is read most, most: its weight
 */
export function sidesOf(weights, tokens, query) {
  const sums = {left: 0, right: 0, itself: 0, special: 0, ahead: 0, neighbour: null, most: 0};
  for (let key = 0; key < weights.length; key++) {
    const side = sideOf(tokens[key], key, query), weight = weights[key];
    sums[side] += weight;
    if (key > query) sums.ahead += weight;
    if ((side === "left" || side === "right") && weight > sums.most) Object.assign(sums, {neighbour: key, most: weight});
  }
  return sums;
}

function sideOf(token, key, query) {
  if (key === query) return "itself";
  if (token.start === null && !isHidden(token)) return "special";
  return key < query ? "left" : "right";
}

/** Of every head whose queries and keys are here. */
export const readers = (trace, query) => trace.sites.filter((site) => !missingAt(trace, site).length).flatMap((site) => (
  Array.from({length: site.n_heads}, (_, head) => ({site, head, ...sidesOf(trace.row(site, head, query), trace.along(site, "key"), query)}))));

/** Those that have most in this column first. */
export const ranked = (heads, column) => [...heads].sort((a, b) => b[column] - a[column]);

/** The mean over heads. */
export const meanSides = (heads) => Object.fromEntries([...SIDES, "ahead"].map((name) => [name, heads.reduce((sum, one) => sum + one[name], 0) / heads.length]));
