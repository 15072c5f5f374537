/** One wide head beside several narrow ones on the same queries and keys: whose products a score is made of, and what each head adds to the stream. */
import {dot} from "./attention.js";

const TIED = 1e-6;

/** The dot products of one query with every key, in the parts that `parts` narrow heads would have. -> [{whole, parts: number[]}] by key */
export function splitProducts(head, query, parts) {
  const q = Array.from(head.q(query)), size = q.length / parts;
  return Array.from({length: head.nKey}, (_, key) => {
    const k = Array.from(head.k(key));
    const each = Array.from({length: parts}, (_, part) => dot(q.slice(part * size, (part + 1) * size), k.slice(part * size, (part + 1) * size)));
    return {whole: dot(q, k), parts: each};
  });
}

/** The keys with the largest weight: more than one where they are tied, none where all are. */
export function favourites(weights) {
  const most = Math.max(...weights), found = Array.from(weights, (_, key) => key).filter((key) => most - weights[key] < TIED);
  return found.length === weights.length ? [] : found;
}


export const summed = (rows) => rows.reduce((sum, row) => sum.map((x, i) => x + row[i]));

/** The edits that leave of a site's heads only those that are on. on: boolean by head */
export const silenced = (site, on) => on.flatMap((lit, head) => (lit ? [] : [{zero: site, head}]));
