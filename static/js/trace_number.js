/** A number of a trace as a lesson names it, and as the page writes it: app/lessons/numbers.py in the browser. */

const MINUS = "−", NBSP = "\u00a0";

/** "0,2,:" -> [0, 2, null]: the place on each axis; null, all of it */
export const indexOf = (word) => (word === "" ? [] : word.split(",").map((part) => (part === ":" ? null : Number(part))));

/** The numbers at a place of a tensor, row after row. -> number[] */
export function numbersAt({shape, data}, index) {
  let starts = [0], size = data.length;
  shape.forEach((length, axis) => {
    size /= length;
    const steps = index[axis] == null ? Array.from({length}, (_, i) => i) : [index[axis]];
    starts = starts.flatMap((start) => steps.map((i) => start + i * size));
  });
  return starts.map((start) => data[start]);
}

const total = (x) => x.reduce((sum, a) => sum + a, 0), mean = (x) => total(x) / x.length;

/** Of numbers in one row. */
export const MEASURES = {
  sum: total, mean,
  norm: (x) => Math.hypot(...x),
  std: (x) => Math.sqrt(mean(x.map((a) => (a - mean(x)) ** 2))),
  max: (x) => x.reduce((a, b) => Math.max(a, b)),
  min: (x) => x.reduce((a, b) => Math.min(a, b)),
  argmax: (x) => x.indexOf(x.reduce((a, b) => Math.max(a, b))),
  entropy: (x) => -total(x.map((p) => (p === 0 ? 0 : p * Math.log2(p)))), // in bits, of probabilities
  count: (x) => x.length,
};

/**
 * What a live value says of a trace.
 * @param {any} trace with this tensor
 * @param {{of: string, index: string, measure?: string, axis?: string}} value axis: what argmax names a place of
 * @returns {number|string}
 */
export function numberOf(trace, {of, index, measure = "", axis = ""}) {
  const at = indexOf(index), found = numbersAt(trace.tensors[of], at);
  if (!measure) return found[0];
  const result = MEASURES[measure](found);
  if (measure !== "argmax") return result;
  if (axis === "n_vocab") return trace.predictions[at[0]][0].text.trim();
  const token = trace.tokens[axis]?.[result];
  return token ? token.text.trim() || token.text : String(result);
}

/** @param {number|string} value @param {{digits?: number|null, percent?: boolean}} how */
export function written(value, {digits = null, percent = false} = {}) {
  if (typeof value === "string") return value;
  const x = percent ? 100 * value : value;
  if (Number.isNaN(x)) return "NaN";
  if (!Number.isFinite(x)) return x < 0 ? `${MINUS}∞` : "∞";
  const size = Math.abs(x).toFixed(digits ?? (percent ? 1 : 4));
  return `${x < 0 && Number(size) !== 0 ? MINUS : ""}${size}${percent ? `${NBSP}%` : ""}`;
}

/** How many decimals a row of these needs: none where all are whole. */
export const digitsFor = (values) => (values.every(Number.isInteger) ? 0 : 4);
