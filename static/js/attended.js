/** One head from its queries and keys to what it brings, worked in the browser, each step beside the model's own. */
import {dot, logSumExp, scoreOf} from "./attention.js";

/**
 * @param {any} head as attention.js has it
 * All run over [query][key], or [query] and [query][feature]. A row is worked when it is read: all of a long text's would be gigabytes.
 */
export function attended(head) {
  let last = null;
  const at = (query) => (last?.query === query ? last : last = workedRow(head, query));
  const rows = (name) => listed(head.nQuery, (query) => at(query)[name]);
  return {products: rows("products"), scores: rows("scores"), masked: rows("masked"), logDenominators: rows("logDenominator"), weights: rows("weights"), z: rows("z")};
}

function workedRow(head, query) {
  const {nKey, visible} = head, q = head.q(query);
  const products = Float64Array.from({length: nKey}, (_, key) => dot(q, head.k(key))), scores = products.map((x, key) => scoreOf(head, query, key, x));
  const masked = scores.map((x, key) => (visible(query, key) ? x : -Infinity));
  const logDenominator = head.sinks ? head.logDenominator(query) : logSumExp(masked); // a sink's score is known to the model alone
  const weights = masked.map((x) => (x === -Infinity ? 0 : Math.exp(x - logDenominator)));
  return {query, products, scores, masked, logDenominator, weights, get z() { return weightedSum(weights, head.v, head.z(query).length); }};
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
