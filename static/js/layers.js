/** What a block does beside attention, worked again in the browser. The formulas are the glossary's and model/'s. */

/**
 * Rotary positions (Su et al. 2021): each pair of features (i, i + d_head/2) turned by an angle that grows with the
 * position. -> [d_head]
 */
export function rotated(x, position) {
  const half = x.length / 2, turned = new Float64Array(x.length);
  for (let i = 0; i < half; i++) {
    const cos = Math.cos(angle(i, half, position)), sin = Math.sin(angle(i, half, position));
    turned[i] = x[i] * cos - x[i + half] * sin;
    turned[i + half] = x[i + half] * cos + x[i] * sin;
  }
  return turned;
}

/** In radians, of the pair (i, i + half). */
export const angle = (i, half, position) => position * 10_000 ** (-i / half);

/** x times the share of a normal distribution that lies below it (Hendrycks and Gimpel 2016). */
export const gelu = (x) => x * (x < 0 ? tail(-x) : 1 - tail(x));

/** What a model may have between the two matrices of its MLP, by the name in its config. */
export const ACTIVATIONS = {
  gelu, relu: (x) => Math.max(0, x), silu: (x) => x / (1 + Math.exp(-x)),
  gelu_tanh: (x) => x / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))), // as GPT-2 comes near to it
};

/** The share of a normal distribution above x >= 0, as its series near 0 and as a continued fraction far out. */
function tail(x) {
  const density = Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
  if (x > 4) {
    let fraction = x;
    for (let k = 40; k > 0; k--) fraction = x + k / fraction;
    return density / fraction;
  }
  let term = x, sum = x;
  for (let k = 3; Math.abs(term) > 1e-17 * Math.abs(sum); k += 2) sum += term *= x * x / k;
  return 0.5 - density * sum;
}

/** Mean and standard deviation over the features of one position. */
export function moments(x) {
  const mean = x.reduce((sum, a) => sum + a, 0) / x.length;
  return {mean, deviation: Math.sqrt(x.reduce((sum, a) => sum + (a - mean) ** 2, 0) / x.length)};
}

/** How far two rows of numbers are apart, at most; what is -infinity in both is not apart. */
export const apart = (a, b) => a.reduce((most, x, i) => (x === b[i] ? most : Math.max(most, Math.abs(x - b[i]))), 0);
