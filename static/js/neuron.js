/** How a dot product comes about, feature by feature. */
import {dot} from "./attention.js";

export const ORDERS = ["place", "size"]; // as the features stand, or the largest contribution first

/**
 * What each feature of a query and a key contributes to q . k, and the sum so far.
 * -> {dot, features: [{index, q, k, product, sum, share}]}; share: of the dot product, null where that is 0
 */
export function contributions(q, k, order) {
  const whole = dot(q, k);
  const features = Array.from(q, (x, index) => ({index, q: x, k: k[index], product: x * k[index]}));
  if (order === "size") features.sort((a, b) => Math.abs(b.product) - Math.abs(a.product) || a.index - b.index);
  let sum = 0;
  for (const one of features) {
    sum += one.product;
    Object.assign(one, {sum, share: whole === 0 ? null : one.product / whole});
  }
  features.at(-1).sum = whole; // added up in another order its last digit is rounded otherwise
  return {dot: whole, features};
}

/** The place of the feature that contributes most, for when none is chosen. */
export const foremost = (features) => features.reduce(
  (best, {product}, at) => (Math.abs(product) > Math.abs(features[best].product) ? at : best), 0);

/**
 * The running sum as a line over the features, each one wide, from 0 at the left to the dot product at the right.
 * -> {points: [[x, height]], zero}, heights in 0..1 from the bottom
 */
export function runningLine(features) {
  const sums = features.map(({sum}) => sum), least = Math.min(0, ...sums), most = Math.max(0, ...sums);
  const height = (x) => (most === least ? 0.5 : (x - least) / (most - least));
  return {
    zero: height(0),
    points: [[0, height(0)], ...sums.map((sum, i) => [i + 0.5, height(sum)]), [sums.length, height(sums.at(-1))]],
  };
}
