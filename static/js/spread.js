/**
 * How the attention of each written token is spread over what it sees: the first position, the rest of what was given, and
 * what the model had written itself, with the token's own place told apart.
 */

import {sizesOf} from "./matrices.js";

export const PARTS = ["first", "given", "own", "itself"];

/**
 * The shares of one row, which add up to its sum: 1, or 0 where the mask hides all.
 * @param {ArrayLike<number>} weights of the query, one a key
 * @param {number} begun the first written position
 */
export function shares(weights, query, begun) {
  const sum = {first: 0, given: 0, own: 0, itself: 0};
  for (let key = 0; key < weights.length; key++) sum[partOf(key, query, begun)] += weights[key];
  return sum;
}

const partOf = (key, query, begun) => {
  if (key === 0) return "first";
  if (key === query) return "itself";
  return key < begun ? "given" : "own";
};

/** The mean of the shares of several heads. rows: [head] of weights */
export function meanShares(rows, query, begun) {
  const all = rows.map((weights) => shares(weights, query, begun));
  return Object.fromEntries(PARTS.map((part) => [part, all.reduce((sum, one) => sum + one[part], 0) / all.length]));
}

/** Bytes of the queries, keys and values of these attentions, and of what their heads bring. */
export const bytesOf = (trace, sites) => sites.reduce((sum, site) => {
  const [nQuery, nKey] = ["query", "key"].map((axis) => trace.along(site, axis).length), {d_head, nKeyHeads} = sizesOf(trace, site);
  return sum + 2 * Float32Array.BYTES_PER_ELEMENT * d_head * (site.n_heads * nQuery + nKeyHeads * nKey);
}, 0);

/** From which position on a run's target was written by the model; null where none of it was. */
export function begunAt({tokens, request}) {
  const written = request.written?.length ?? 0;
  return written ? tokens.target.length - written : null;
}
