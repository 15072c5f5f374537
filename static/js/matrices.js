/** Tensors of a trace as matrices, [position, feature]: {name, rows, columns, data, row}. */

/** @param {number} [head] which one, where the tensor has heads; grouped-query heads share their group's; it may have come by itself */
export function matrixOf(trace, name, {head = 0, nHeads = 1} = {}) {
  const site = name.slice(0, name.lastIndexOf(".")), {shape, data} = trace.tensors[name] ?? trace.part({name: site}, head)[name], [rows, columns] = shape.slice(-2);
  const own = shape.length === 3 ? Math.floor(head * shape[0] / nHeads) : 0;
  return matrix(name, rows, columns, data.subarray(own * rows * columns, (own + 1) * rows * columns));
}

/** Every head's features side by side. [head, position, d_head] -> [position, head * d_head] */
export function concatenated(trace, name) {
  const {shape: [heads, rows, d], data} = trace.tensors[name], all = new Float32Array(heads * rows * d);
  for (let head = 0; head < heads; head++) {
    for (let row = 0; row < rows; row++) {
      const from = (head * rows + row) * d;
      all.set(data.subarray(from, from + d), (row * heads + head) * d);
    }
  }
  return matrix(name, rows, heads * d, all);
}

export function matrix(name, rows, columns, data) {
  return {name, rows, columns, data, row: (i) => data.subarray(i * columns, (i + 1) * columns)};
}

/**
 * Where the colours of these matrices end: at the largest size; or, where a few numbers stand far out, at the size that one in
 * two hundred exceeds, and `beyond` says that the end's colour stands for more. -> {end, beyond}
 */
export function scaleOf(...all) {
  const sizes = new Float32Array(all.reduce((sum, {data}) => sum + data.length, 0));
  let at = 0;
  for (const {data} of all) for (let i = 0; i < data.length; i++) sizes[at++] = Math.abs(data[i]);
  const largest = Math.max(ranked(sizes, sizes.length - 1), 1e-9), usual = ranked(sizes, Math.ceil(sizes.length * 0.995) - 1);
  return usual > 0 && largest > 3 * usual ? {end: usual, beyond: true} : {end: largest, beyond: false};
}

/** The number of a rank, from 0, among numbers of no sign: their bits are in their order, and are counted half by half. */
function ranked(sizes, rank) {
  const bits = new Uint32Array(sizes.buffer), upper = new Uint32Array(2 ** 16), lower = new Uint32Array(2 ** 16);
  const placed = (counts) => {
    let at = 0;
    for (; rank >= counts[at]; at++) rank -= counts[at];
    return at;
  };
  for (let i = 0; i < bits.length; i++) upper[bits[i] >>> 16]++;
  const first = placed(upper);
  for (let i = 0; i < bits.length; i++) if (bits[i] >>> 16 === first) lower[bits[i] & 0xffff]++;
  return new Float32Array(Uint32Array.of(first << 16 | placed(lower)).buffer)[0];
}

/** Features of a head, and how many key and value heads there are: as its tensors say, while they are not here as its config does. */
export function sizesOf({tensors, model: {config}}, site) {
  const {n_heads, d_model, d_head = d_model / n_heads, n_kv_heads = n_heads} = config, k = tensors[`${site.name}.k`]?.shape;
  return k ? {d_head: k[2], nKeyHeads: k[0]} : {d_head, nKeyHeads: n_kv_heads};
}
