/** One head from its queries and keys to what it brings, worked in the browser, each step beside the model's own. */
import {capped, dot, logSumExp, sinkScore} from "./attention.js";

/** The steps that a score goes through: kind of stage -> what `attended` calls it. */
export const WORKED = {scores: "products", scale: "scaled", cap: "capped", bias: "scores", mask: "masked", softmax: "weights"};

/**
 * @param {any} head as attention.js has it
 * All run over [query][key], or [query] and [query][feature]. sink: the score of the head's sink, null where it has none; scaled and capped are
 * scores where nothing more becomes of them.
 */
export function attended(head) {
  const {nQuery, nKey, visible} = head;
  const each = (rows, of) => rows.map((row, query) => row.map((x, key) => of(x, query, key)));
  const products = Array.from({length: nQuery}, (_, query) => Float64Array.from({length: nKey}, (_, key) => dot(head.q(query), head.k(key))));
  const scaled = each(products, (x) => x * head.scale), limited = head.softcap ? each(scaled, (x) => capped(x, head.softcap)) : scaled;
  const scores = head.biased ? each(limited, (x, query, key) => x + head.bias(query, key)) : limited;
  const masked = each(scores, (x, query, key) => (visible(query, key) ? x : -Infinity)), logSums = masked.map(logSumExp);
  const sink = head.sinks ? sinkScore(logSums.map((_, query) => head.logDenominator(query)), logSums) : null;
  const logDenominators = sink === null ? logSums : logSums.map((sum) => logSumExp([sum, sink]));
  const weights = masked.map((row, query) => row.map((x) => (x === -Infinity ? 0 : Math.exp(x - logDenominators[query]))));
  const z = weights.map((row, query) => weightedSum(row, head.v, head.z(query).length));
  return {products, scaled, capped: limited, scores, masked, sink, logDenominators, weights, z};
}

function weightedSum(weights, v, d) {
  const sum = new Float64Array(d);
  weights.forEach((weight, key) => v(key).forEach((x, i) => { sum[i] += weight * x; }));
  return sum;
}
