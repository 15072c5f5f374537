/** One head from its queries and keys to what it brings, worked in the browser, each step beside the model's own. */
import {capped, dot, logSumExp, sinkScore} from "./attention.js";

/** The steps that a score goes through: kind of stage -> what `attended` calls it. */
export const WORKED = {scores: "products", scale: "scaled", cap: "capped", bias: "scores", mask: "masked", softmax: "weights"};

const LOOKED_THROUGH = 64; // rows, the shortest of a causal mask, for the one that gives most to a sink

/**
 * @param {any} head as attention.js has it
 * All run over [query][key], or [query] and [query][feature]. A row is worked when it is read: all of a long text's would be gigabytes.
 * sink: the score of the head's sink, null where it has none; scaled and capped are scores where nothing more becomes of them.
 */
export function attended(head) {
  const sink = head.sinks ? sinkOf(head) : null;
  let last = null;
  const at = (query) => (last?.query === query ? last : last = workedRow(head, query, sink));
  const rows = (name) => listed(head.nQuery, (query) => at(query)[name]);
  return {sink, products: rows("products"), scaled: rows("scaled"), capped: rows("capped"), scores: rows("scores"), masked: rows("masked"),
    logDenominators: rows("logDenominator"), weights: rows("weights"), z: rows("z")};
}

function sinkOf(head) {
  const looked = Array.from({length: Math.min(head.nQuery, LOOKED_THROUGH)}, (_, query) => query);
  return sinkScore(looked.map(head.logDenominator), looked.map((query) => logSumExp(scored(head, query).masked)));
}

function scored(head, query) {
  const q = head.q(query), products = Float64Array.from({length: head.nKey}, (_, key) => dot(q, head.k(key)));
  const scaled = products.map((x) => x * head.scale), limited = head.softcap ? scaled.map((x) => capped(x, head.softcap)) : scaled;
  const scores = head.biased ? limited.map((x, key) => x + head.bias(query, key)) : limited;
  return {products, scaled, capped: limited, scores, masked: scores.map((x, key) => (head.visible(query, key) ? x : -Infinity))};
}

function workedRow(head, query, sink) {
  const row = scored(head, query), logSum = logSumExp(row.masked), logDenominator = sink === null ? logSum : logSumExp([logSum, sink]);
  const weights = row.masked.map((x) => (x === -Infinity ? 0 : Math.exp(x - logDenominator)));
  return {query, ...row, logDenominator, weights, get z() { return weightedSum(weights, head.v, head.z(query).length); }};
}

/** An array whose items are made as they are read. */
function listed(length, make) {
  const list = Array(length);
  for (let i = 0; i < length; i++) Object.defineProperty(list, i, {enumerable: true, get: () => make(i)});
  return list;
}

function weightedSum(weights, v, d) {
  const sum = new Float64Array(d);
  weights.forEach((weight, key) => v(key).forEach((x, i) => { sum[i] += weight * x; }));
  return sum;
}
