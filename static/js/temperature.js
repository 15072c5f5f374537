/** The distribution of the next token at a temperature, worked out from the model's own logits. */
import {unmasked} from "./attention.js";

export const LEAST = 0.1, MOST = 3, STEP = 0.1; // of the slider

/** softmax(logits / temperature). -> Float64Array */
export const warmed = (logits, temperature) => unmasked(Float64Array.from(logits, (x) => x / temperature));

/** How undecided a distribution is: 0 where one is certain, log2(n) where all n are alike. In bits. */
export const entropy = (probabilities) => probabilities.reduce((sum, p) => (p > 0 ? sum - p * Math.log2(p) : sum), 0);

/** How many times as likely the first is as the second: only the difference of their logits counts. */
export const ratio = (first, second, temperature) => Math.exp((first - second) / temperature);

/** The `count` largest logits, the largest first, of equals the first. -> [{id, logit}] */
export const ranked = (logits, count) => Array.from(logits, (logit, id) => ({id, logit})).sort((a, b) => b.logit - a.logit || a.id - b.id).slice(0, count);

/** The last row of a tensor [rows, columns]. */
export function lastRow({shape: [rows, columns], data}) {
  return data.subarray((rows - 1) * columns, rows * columns);
}
