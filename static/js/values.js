/**
 * What a head moves. A weight tells how much of a value is taken, not how large that value is: a large weight on a short
 * value moves little. Hence weight times the value's norm (Kobayashi et al. 2020, "Attention is Not Only a Weight").
 */
import {dot, patternRow} from "./attention.js";

export const MEASURES = ["norms", "weights"]; // what is drawn over all queries and keys

export const norm = (vector) => Math.sqrt(dot(vector, vector));

/** The length of every value of a head. -> [key] */
export const valueNorms = (head) => Float64Array.from({length: head.nKey}, (_, key) => norm(head.v(key)));

/** What a query gets from each key. -> rows [{key, weight, norm, moved}] of the keys it may see, and their sums */
export function movedTo(head, query) {
  const weights = patternRow(head, query), norms = valueNorms(head);
  const rows = [];
  weights.forEach((weight, key) => {
    if (head.visible(query, key)) rows.push({key, weight, norm: norms[key], moved: weight * norms[key]});
  });
  const z = head.z(query);
  return {
    rows, z, zNorm: norm(z), hidden: head.nKey - rows.length, longest: Math.max(...norms),
    sum: rows.reduce((sum, {moved}) => sum + moved, 0),
  };
}

/** The key with the largest of one of these: "weight" or "moved". */
export const largestBy = (rows, what) => rows.reduce((best, row) => (row[what] > best[what] ? row : best));

/**
 * The rows of at most so many keys, those that move most and always the key asked for, in the order of the keys or
 * what moves most first; and what the others come to together. -> {shown, rest: {count, weight, moved}}
 */
export function ordered(rows, order, {most = Infinity, key = null} = {}) {
  const bySize = [...rows].sort((a, b) => b.moved - a.moved || a.key - b.key);
  const few = rows.length <= most ? bySize : bySize.filter((row, place) => place < most - 1 || row.key === key);
  const shown = order === "size" ? few : few.sort((a, b) => a.key - b.key), kept = new Set(shown);
  const others = rows.filter((row) => !kept.has(row)), sum = (what) => others.reduce((total, row) => total + row[what], 0);
  return {shown, rest: {count: others.length, weight: sum("weight"), moved: sum("moved")}};
}

/**
 * The weights of one query, or weight times norm; null where the mask hides the key. -> (query) => [key]
 * @param {(query: number) => ArrayLike<number>} row the weights of one
 */
export function movedRows(head, row, measure) {
  const norms = measure === "norms" ? valueNorms(head) : new Float64Array(head.nKey).fill(1);
  return (query) => {
    const weights = row(query);
    return Array.from(norms, (length, key) => (head.visible(query, key) ? weights[key] * length : null));
  };
}

/** What each head of a site adds to the residual stream at a position. -> [{head, norm, share}], share NaN of nothing */
export function added(trace, site, query) {
  const of = (name, head) => {
    const {shape: [, positions], data} = trace.tensors[`${site.name}.${name}`];
    return data[head * positions + query];
  };
  if (!(`${site.name}.head_out_norm` in trace.tensors)) return []; // of a long run they come late
  return Array.from({length: site.n_heads}, (_, head) => (
    {head, norm: of("head_out_norm", head), share: of("head_out_share", head)}));
}
