/**
 * Attention worked again in the browser, from the model's own q, k, v and log_denominator.
 * The formula is the glossary's: pattern = exp(q . k * scale - log_denominator) where the mask allows it, else 0. A site may cap its scores
 * softly (Gemma 2) and add a bias by distance (T5): score = softcap * tanh(q . k * scale / softcap) + bias.
 */
import {maskOf, visible} from "./masks.js";

/** @param {ArrayLike<number>} a @param {ArrayLike<number>} b */
export function dot(a, b) {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** What a site's softcap c makes of a scaled score: c * tanh(score / c), or the same where it has none. */
export const capped = (score, softcap) => (softcap ? softcap * Math.tanh(score / softcap) : score);

/** Whether a head's scale is one over the root of its number of features (Vaswani et al. 2017, 3.2.1); T5's is 1, Gemma's one of its own. */
export const byRoot = ({scale, dHead}) => Math.abs(scale * Math.sqrt(dHead) - 1) < 1e-6;

/** Which key and value head a head reads: with grouped queries (Ainslie et al. 2023) several read one. */
export const keyHead = (head, nHeads, nKeyHeads) => Math.floor(head * nKeyHeads / nHeads);

/**
 * The score of a head's sink (GPT-OSS), told by the row that gives it most: the model hands out only what each row is divided by. -Infinity
 * where no row gives it anything.
 * @param {ArrayLike<number>} logDenominators of each row, the sink in it @param {ArrayLike<number>} logSums of its visible scores alone
 */
export function sinkScore(logDenominators, logSums) {
  const share = (i) => -Math.expm1(logSums[i] - logDenominators[i]); // of 1
  const at = Array.from(logSums, (_, i) => i).reduce((most, i) => (share(i) > share(most) ? i : most), 0);
  return share(at) > 0 ? logDenominators[at] + Math.log(share(at)) : -Infinity;
}

/** A dot product's score: after the scale, the cap and the bias by distance. */
export const scoreOf = (head, query, key, product) => capped(product * head.scale, head.softcap) + (head.bias?.(query, key) ?? 0);

/** Scores of one query against every key, after the scale, the cap and the bias, before the mask. -> [key] */
export function scoreRow(head, query) {
  const row = new Float64Array(head.nKey), q = head.q(query);
  for (let key = 0; key < head.nKey; key++) row[key] = scoreOf(head, query, key, dot(q, head.k(key)));
  return row;
}

/** Attention weights of one query: a row that sums to 1, to less where the model has a sink, or is 0 where no key is visible. -> [key] */
export function patternRow(head, query) {
  const row = scoreRow(head, query), denominator = head.logDenominator(query);
  for (let key = 0; key < head.nKey; key++) row[key] = head.visible(query, key) ? Math.exp(row[key] - denominator) : 0;
  return row;
}

/** The whole pattern, row after row. -> [query * key] */
export function pattern(head) {
  const all = new Float32Array(head.nQuery * head.nKey);
  for (let query = 0; query < head.nQuery; query++) all.set(patternRow(head, query), query * head.nKey);
  return all;
}

/** How one weight of a row compares with the others: whether it is visible, its rank, of how many visible ones. */
export function standing(head, weights, query, key) {
  let seen = 0, rank = 1, rowSum = 0;
  for (let j = 0; j < weights.length; j++) {
    if (head.visible(query, j)) seen++;
    if (weights[j] > weights[key]) rank++;
    rowSum += weights[j];
  }
  return {visible: head.visible(query, key), seen, rank, rowSum};
}

/** What the weights of a row would be if the mask hid nothing. -> [key] */
export function unmasked(scores) {
  const logDenominator = logSumExp(scores);
  return scores.map((x) => Math.exp(x - logDenominator));
}

/** Of numbers of any size; of nothing but -infinity, -infinity. */
export function logSumExp(row) {
  const most = row.reduce((a, b) => Math.max(a, b), -Infinity);
  return most === -Infinity ? most : most + Math.log(row.reduce((sum, x) => sum + Math.exp(x - most), 0));
}

/**
 * A row as it would be if the mask came after the softmax and nothing were renormalised: the weights before, what is left of them, and how
 * far the z that they would make is from the model's, whose length is norm.
 */
export function maskedAfter(head, query) {
  const before = unmasked(scoreRow(head, query)), left = before.map((weight, key) => (head.visible(query, key) ? weight : 0));
  const z = Array.from(head.z(query)), late = weightedSum(head, left);
  return {before, left, sum: left.reduce((a, b) => a + b, 0), apart: Math.hypot(...late.map((x, i) => x - z[i])), norm: Math.hypot(...z)};
}

function weightedSum(head, weights) {
  const sum = Array.from(head.v(0), () => 0);
  for (let key = 0; key < weights.length; key++) {
    const v = head.v(key), weight = weights[key];
    for (let i = 0; i < sum.length; i++) sum[i] += weight * v[i];
  }
  return sum;
}

/** Everything that leads to one cell of the pattern, and what the cell is for. */
export function workedCell(head, query, key) {
  const q = head.q(query), k = head.k(key), v = head.v(key);
  const scores = scoreRow(head, query), weights = patternRow(head, query);
  const weight = weights[key], sum = weightedSum(head, weights), z = head.z(query);
  return {
    q, k, v, z, scores, weights, weight, sum,
    before: unmasked(scores),
    products: Array.from(q, (x, i) => x * k[i]),
    dot: dot(q, k),
    scale: head.scale,
    capped: head.softcap ? capped(dot(q, k) * head.scale, head.softcap) : null,
    bias: head.biased ? head.bias(query, key) : null,
    score: scores[key],
    ...standing(head, weights, query, key),
    logDenominator: head.logDenominator(query),
    moved: Array.from(v, (x) => x * weight),
    difference: Math.max(...sum.map((x, i) => Math.abs(x - z[i]))),
  };
}

/** One head of one site of a trace, its rows by position. Grouped-query heads share their group's key and value. */
export function headOf(trace, site, index) {
  const {scale} = site;
  const whole = `${site.name}.q` in trace.tensors, tensors = whole ? trace.tensors : trace.part(site, index), nHeads = whole ? site.n_heads : 1, at = whole ? index : 0;
  const tensor = (name) => tensors[`${site.name}.${name}`];
  const row = (name) => {
    const {shape: [heads, positions, d], data} = tensor(name);
    const own = keyHead(at, nHeads, heads);
    return (position) => data.subarray((own * positions + position) * d, (own * positions + position + 1) * d);
  };
  const nQuery = tensor("q").shape[1], nKey = tensor("k").shape[1], denominators = tensor("log_denominator").data;
  const biases = tensor("relative_bias")?.data, distances = nQuery + nKey - 1; // [head, key - query + nQuery - 1]
  const head = {
    site, index, scale, nKeyHeads: whole ? tensor("k").shape[0] : trace.model.config.n_kv_heads ?? site.n_heads, nQuery, nKey, softcap: site.softcap ?? null, sinks: site.sinks ?? false, dHead: tensor("q").shape[2],
    q: row("q"), k: row("k"), v: row("v"), z: tensor("z") ? row("z") : (query) => Float32Array.from(weightedSum(head, patternRow(head, query))), // a file may leave it out
    biased: biases !== undefined,
    bias: (query, key) => (biases ? biases[at * distances + key - query + nQuery - 1] : 0),
    logDenominator: (query) => denominators[at * nQuery + query],
    visible: visible(maskOf(site, index)),
  };
  return head;
}
