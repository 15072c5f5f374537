/**
 * What one Transformer block costs at n tokens of d_model numbers: multiplications and additions of its matrix products (a
 * product of [a, b] and [b, c] takes 2abc), with an MLP four times as wide as the block, as in Vaswani et al. 2017.
 */

export const PARTS = ["projections", "mlp", "matrix"];

/** @returns {{projections: number, mlp: number, matrix: number, whole: number}} flops: Q, K, V and the output; the MLP; scores and their weighted sum */
export function flops(n, dModel) {
  const projections = 4 * 2 * n * dModel * dModel, mlp = 2 * 2 * n * dModel * 4 * dModel, matrix = 2 * 2 * n * n * dModel;
  return {projections, mlp, matrix, whole: projections + mlp + matrix};
}

/** From how many tokens on the attention matrix costs more than all the rest: 4n²d = 24nd². */
export const crossover = (dModel) => 6 * dModel;

/** How many bytes one head's scores take at n tokens, two a number. */
export const scoreBytes = (n, each = 2) => each * n * n;

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB"];

/** 2097152 -> "2 MiB" */
export function bytes(size) {
  const power = Math.min(UNITS.length - 1, Math.max(0, Math.floor(Math.log2(size) / 10))), value = size / 1024 ** power;
  return `${Number(value.toPrecision(3))} ${UNITS[power]}`;
}

const POWERS = {K: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18};

/** 4294967296 -> "4.29 G" */
export function short(x) {
  const [letter, power] = Object.entries(POWERS).findLast(([, one]) => x >= one) ?? ["", 1];
  return `${Number((x / power).toPrecision(3))}${letter && ` ${letter}`}`;
}
