/** What an edit changed: a run with the edits beside the same run without them. */
import {dot} from "./attention.js";
import {missingAt} from "./portions.js";

/**
 * Where a weight of a head changed most; null where the queries and keys of one of the runs are not here.
 * @returns {{site: any, head: number, size: number, query: number, key: number, was: number, is: number} | null}
 */
export function patternChange(before, after, site, head) {
  const other = before.site(site.name);
  if (missingAt(before, other).length || missingAt(after, site).length) return null;
  const was = before.pattern(other, head), is = after.pattern(site, head), {nKey} = after.head(site, head);
  let at = 0, size = 0;
  for (let i = 0; i < is.length; i++) {
    const apart = Math.abs(is[i] - was[i]);
    if (apart > size) { size = apart; at = i; }
  }
  return {site, head, size, query: Math.floor(at / nKey), key: at % nKey, was: was[at], is: is[at]};
}

/** Of every head that can be compared, what changed most first. */
export const patternChanges = (before, after) => after.sites
  .flatMap((site) => Array.from({length: site.n_heads}, (_, head) => patternChange(before, after, site, head)))
  .filter((one) => one !== null).sort((a, b) => b.size - a.size);

export const STREAM = "resid_post"; // the residual stream after a block

/** The residual stream after each block, at each position: how far it turned, and how its length changed. */
export function streamChanges(before, after) {
  return Object.keys(after.tensors).filter((name) => name.endsWith(`.${STREAM}`) && name in before.tensors).map((name) => {
    const {shape: [positions, width]} = after.tensors[name], cosines = new Float64Array(positions), was = new Float64Array(positions), is = new Float64Array(positions);
    for (let i = 0; i < positions; i++) {
      const [a, b] = [before, after].map(({tensors}) => tensors[name].data.subarray(i * width, (i + 1) * width));
      was[i] = Math.sqrt(dot(a, a));
      is[i] = Math.sqrt(dot(b, b));
      cosines[i] = a.every((x, j) => x === b[j]) ? 1 : dot(a, b) / (was[i] * is[i]); // exactly 1 where nothing changed
    }
    return {name, side: name.startsWith("encoder.") ? "source" : "target", layer: Number(/\d+/.exec(name)[0]), cosines, was, is};
  });
}

/** Whose prediction is told: that of the chosen query, or the last of the target where the queries are not those that predict. */
export const predictedAt = (trace, {site, query}) => (site.query === trace.predicted ? query : trace.tokens[trace.predicted].length - 1);

/**
 * The likeliest tokens of two lists, the likelier of either first.
 * @returns {{id: number, text: string, was: number|null, is: number|null}[]} null: not among those that were sent
 */
export function bothPredictions(was, is) {
  const of = (list, id) => list.find((one) => one.id === id)?.probability ?? null;
  const all = new Map([...was, ...is].map((one) => [one.id, one]));
  return Array.from(all, ([id, {probability: _, ...one}]) => ({...one, was: of(was, id), is: of(is, id)}))
    .sort((a, b) => Math.max(b.was ?? 0, b.is ?? 0) - Math.max(a.was ?? 0, a.is ?? 0));
}
