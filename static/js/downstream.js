/** What an edit changed: a run with the edits beside the same run without them. */
import {dot} from "./attention.js";
import {maskOf} from "./masks.js";
import {missingAt} from "./portions.js";

/**
 * Where a weight of each head changed most, of those whose queries and keys are here in both runs: row by row, so that whoever asks may
 * do something else in between. -> after each row the heads so far, what changed most first, and in the end all of them
 * @returns {Generator<Change[], Change[]>} Change: {site, head, size, query, key, was, is}
 */
export function* changing(before, after) {
  let found = [];
  for (const site of after.sites) {
    const other = before.site(site.name);
    if (missingAt(before, other).length || missingAt(after, site).length) continue;
    for (let head = 0; head < site.n_heads; head++) {
      const most = {site, head, size: 0, query: 0, key: 0, was: 0, is: 0}, {nQuery} = after.head(site, head), same = sameRows(before.head(other, head), after.head(site, head));
      for (let query = 0; query < nQuery; query++) {
        if (same(query)) continue;
        largest(most, query, before.row(other, head, query), after.row(site, head, query));
        yield found;
      }
      found = [...found, most].sort((a, b) => b.size - a.size);
    }
  }
  return found;
}

function largest(most, query, was, is) {
  for (let key = 0; key < is.length; key++) {
    const size = Math.abs(is[key] - was[key]);
    if (size > most.size) Object.assign(most, {size, query, key, was: was[key], is: is[key]});
  }
}

/** Whether a row of weights must be the same, as what it is made of is. */
function sameRows(a, b) {
  const alike = (x, y) => x.every((number, i) => number === y[i]);
  const all = a.q && b.q && !a.biased && !b.biased && JSON.stringify(maskOf(a.site, a.index)) === JSON.stringify(maskOf(b.site, b.index))
    && Array.from({length: a.nKey}, (_, key) => key).every((key) => alike(a.k(key), b.k(key)));
  return (query) => Boolean(all) && a.logDenominator(query) === b.logDenominator(query) && alike(a.q(query), b.q(query));
}

/** All of it at once. */
export function patternChanges(before, after) {
  for (const steps = changing(before, after);;) {
    const {done, value} = steps.next();
    if (done) return value;
  }
}

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
