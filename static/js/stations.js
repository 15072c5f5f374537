/** One row of attention through its stations, with any divisor in place of the root of d_head. */
import {dot} from "./attention.js";

/**
 * @param {any} head as attention.js has it @param {number} query @param {number} divisor of the dot products
 * @returns {{keys: {dot: number, scaled: number, visible: boolean, exp: number, weight: number}[], sum: number, z: number[]}} exp and weight are 0 where
 * the mask hides the key; z: what the values add up to
 */
export function stationsOf(head, query, divisor) {
  const q = head.q(query);
  const keys = Array.from({length: head.nKey}, (_, key) => {
    const product = dot(q, head.k(key)), scaled = product / divisor, visible = head.visible(query, key);
    return {dot: product, scaled, visible, exp: visible ? Math.exp(scaled) : 0};
  });
  const sum = keys.reduce((all, {exp}) => all + exp, 0);
  const weighted = keys.map((key) => ({...key, weight: sum ? key.exp / sum : 0}));
  const z = Array.from(head.v(0), (_, i) => weighted.reduce((all, {weight}, key) => all + weight * head.v(key)[i], 0));
  return {keys: weighted, sum, z};
}

const HALF_STEPS = [-4, -3, -2, -1, 0, 1, 2, 3, 4]; // of a factor of 2; 0 is the model's own

/** What a slider may divide by: the root of d_head, and around it. */
export const divisors = (dHead) => HALF_STEPS.map((step) => tidy(Math.sqrt(dHead * 2 ** step)));

/** The root of a square is whole. */
const tidy = (x) => (Math.abs(x - Math.round(x)) < 1e-12 ? Math.round(x) : x);
