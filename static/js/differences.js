/** What differs between two runs: a head's rows, the vectors of each position, the predictions. An end is {trace, site, head}. */
import {dot, scoreRow} from "./attention.js";
import {Blocks, blocksOf} from "./blocks.js";

/**
 * B less A, on the rows and columns that are aligned: of the weights, where what a mask hides is 0; or of the scores before the mask.
 * NaN where neither may see.
 * @returns {{values: Float64Array, rows: number, columns: number}} a row for each pair of queries, a column for each pair of keys
 */
export function headDifference(a, b, queries, keys, view = "weights") {
  const [one, other] = [a, b].map(({trace, site, head}) => trace.head(site, head));
  const row = ({trace, site, head}, query) => (view === "weights" ? trace.row(site, head, query) : scoreRow(trace.head(site, head), query));
  const values = new Float64Array(queries.length * keys.length).fill(NaN);
  queries.forEach(([i, p], at) => {
    const [from, to] = [row(a, i), row(b, p)];
    keys.forEach(([j, q], column) => {
      if (one.visible(i, j) || other.visible(p, q)) values[at * keys.length + column] = to[q] - from[j];
    });
  });
  return {values, rows: queries.length, columns: keys.length};
}

/** The same of two long heads, in blocks. */
export function blockDifference(a, b, queries, keys, view = "weights") {
  const [one, other] = [a, b].map(({trace, site, head}) => blocksOf(trace, site, head, view, 0, () => true)), [sees, saw] = [a, b].map(({trace, site, head}) => trace.head(site, head).visible);
  const number = (head, visible, query) => ((row) => (key) => (view === "scores" || visible(query, key) ? row(key) : 0))(head.along(query));
  return new Blocks({
    rows: queries.length, columns: keys.length,
    visible: (row, column) => sees(queries[row][0], keys[column][0]) || saw(queries[row][1], keys[column][1]),
    along: (row) => {
      const [i, p] = queries[row], [from, to] = [number(one, sees, i), number(other, saw, p)];
      return (column) => to(keys[column][1]) - from(keys[column][0]);
    },
  });
}

/** The largest size of a difference over all aligned cells, and where it is. -> {size, row, column} */
export function largest(matrix) {
  if (matrix.block) return matrix.greatest();
  const {values, columns} = matrix;
  let size = 0, at = 0;
  values.forEach((x, i) => { if (Math.abs(x) > size) [size, at] = [Math.abs(x), i]; });
  return {size, row: Math.floor(at / columns), column: at % columns};
}

/** Whether vectors of two runs can be compared, feature by feature: they are one model's. */
export const comparable = (a, b) => a.model.id === b.model.id;

/** The names of the residual stream that a site stands in: as it enters the first block, and after each. */
export function streamsOf(trace, site) {
  const part = /^\w+/.exec(site.name)[0], names = [`${part}.blocks.0.resid_pre`];
  while (`${part}.blocks.${names.length - 1}.resid_post` in trace.tensors) names.push(`${part}.blocks.${names.length - 1}.resid_post`);
  return names.filter((name) => name in trace.tensors);
}

/** One position's vector in a tensor. */
export function vectorAt(trace, name, position) {
  const {shape: [, d], data} = trace.tensors[name];
  return data.subarray(position * d, (position + 1) * d);
}

/** cosine, the length of b over that of a, and the length of what lies between them. */
export function vectorDifference(a, b) {
  const [x, y] = [a, b].map((v) => Math.sqrt(dot(v, v)));
  const between = Math.sqrt(a.reduce((sum, value, i) => sum + (b[i] - value) ** 2, 0));
  return {cosine: between === 0 ? 1 : dot(a, b) / (x * y), ratio: y / x, between, share: between / x};
}

/**
 * How the row of one query became what it is in two runs. own: of the same weights; query, key, value: null where vectors of two models would be
 * compared, or of a family that hands out its weights alone.
 */
export function rowDifference(a, b, [i, p], keys) {
  const [one, other] = [a, b].map(({trace, site, head}) => trace.head(site, head));
  const [from, to] = [a.trace.row(a.site, a.head, i), b.trace.row(b.site, b.head, p)];
  const seenBy = (head, query) => Array.from({length: head.nKey}, (_, key) => key).filter((key) => head.visible(query, key));
  const seen = [seenBy(one, i), seenBy(other, p)], both = keys.filter(([j, q]) => one.visible(i, j) && other.visible(p, q));
  const most = (numbers) => numbers.reduce((size, x) => Math.max(size, Math.abs(x)), 0);
  const apart = (x, y) => most(Array.from(x, (value, k) => y[k] - value));
  const can = comparable(a.trace, b.trace) && !a.trace.alone;
  return {
    own: a.trace.model.sha256 === b.trace.model.sha256,
    seen: seen.map((list) => list.length), of: [one.nKey, other.nKey],
    same: both.length === seen[0].length && both.length === seen[1].length, both: both.length,
    weight: most(keys.map(([j, q]) => to[q] - from[j])),
    query: can ? apart(one.q(i), other.q(p)) : null,
    key: can ? most(both.map(([j, q]) => apart(one.k(j), other.k(q)))) : null,
    value: can ? most(both.map(([j, q]) => apart(one.v(j), other.v(q)))) : null,
  };
}

/** The probabilities of the whole vocabulary at a position; null where its logits are not here. */
export function probabilities(trace, position) {
  const logits = trace.tensors.logits;
  if (!logits) return null;
  const n = logits.shape[1], row = Float64Array.from(logits.data.subarray(position * n, (position + 1) * n));
  let most = -Infinity, sum = 0;
  for (let i = 0; i < n; i++) if (row[i] > most) most = row[i];
  for (let i = 0; i < n; i++) sum += row[i] = Math.exp(row[i] - most);
  for (let i = 0; i < n; i++) row[i] /= sum;
  return row;
}

/** Whether token ids mean the same in both: tokens that are spelt alike have the same id. */
export function sharesIds(a, b, pairs) {
  const [from, to] = [a, b].map(({trace, site}) => trace.along(site, "query"));
  return comparable(a.trace, b.trace) || pairs.every(([i, j]) => from[i].text !== to[j].text || from[i].id === to[j].id);
}

/**
 * The likeliest tokens of either run at a position of each, with the probability in both. shared: whether ids mean the same
 * @returns {{text: string, id: number, probability: (number|null)[]}[]} what is likeliest in either first; null: not among those that are known
 */
export function predicted(ends, shared, count = 6) {
  const all = ends.map(({trace, position}) => shared && probabilities(trace, position));
  const found = new Map();
  ends.forEach(({trace, position}) => trace.predictions[position].slice(0, count).forEach((one) => found.set(shared ? one.id : one.text, one)));
  const known = ({id, text}, {trace, position}, i) => all[i]?.[id]
    ?? trace.predictions[position].find((one) => (shared ? one.id === id : one.text === text))?.probability ?? null;
  return [...found.values()].map((one) => ({...one, probability: ends.map((end, i) => known(one, end, i))}))
    .sort((a, b) => Math.max(...b.probability) - Math.max(...a.probability)).slice(0, count + 2);
}

/** How much of the probability lies elsewhere: half of all changes added up (total variation); null where not all of it is known. */
export function movedShare(a, b, i, j) {
  const [p, q] = [probabilities(a, i), probabilities(b, j)];
  if (!p || !q || p.length !== q.length) return null;
  let sum = 0;
  for (let id = 0; id < p.length; id++) sum += Math.abs(q[id] - p[id]);
  return sum / 2;
}
