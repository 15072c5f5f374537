/** One head from its queries and keys to what it brings, worked in the browser, each step beside the model's own. */
import {dot, logSumExp, scoreOf} from "./attention.js";

/**
 * @param {any} head as attention.js has it
 * All run over [query][key], or [query] and [query][feature].
 */
export function attended(head) {
  const {nQuery, nKey, visible} = head;
  const every = (of) => Array.from({length: nQuery}, (_, query) => Float64Array.from({length: nKey}, (_, key) => of(query, key)));
  const products = every((query, key) => dot(head.q(query), head.k(key)));
  const scores = products.map((row, query) => row.map((x, key) => scoreOf(head, query, key, x)));
  const masked = scores.map((row, query) => row.map((x, key) => (visible(query, key) ? x : -Infinity)));
  const logDenominators = masked.map((row, query) => (head.sinks ? head.logDenominator(query) : logSumExp(row))); // a sink's score is known to the model alone
  const weights = masked.map((row, query) => row.map((x) => (x === -Infinity ? 0 : Math.exp(x - logDenominators[query]))));
  const z = weights.map((row, query) => weightedSum(row, head.v, head.z(query).length));
  return {products, scores, masked, logDenominators, weights, z};
}

function weightedSum(weights, v, d) {
  const sum = new Float64Array(d);
  weights.forEach((weight, key) => v(key).forEach((x, i) => { sum[i] += weight * x; }));
  return sum;
}
