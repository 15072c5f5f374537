/** Numbers of two bytes, as browsers have no arrays of: IEEE 754's binary16, and bfloat16, a float32 cut in half. */

/** @param {Uint16Array} bits @param {"float16"|"bfloat16"} kind @returns {Float32Array} the same numbers */
export function widened(bits, kind) {
  if (kind === "bfloat16") return new Float32Array(Uint32Array.from(bits, (x) => x << 16).buffer);
  const of = table();
  return Float32Array.from(bits, (x) => of[x]);
}

let float16s;

/** Every float16 there is. */
function table() {
  float16s ??= Float32Array.from({length: 2 ** 16}, (_, bits) => {
    const sign = bits >> 15 ? -1 : 1, exponent = (bits >> 10) & 31, fraction = bits & 1023;
    if (exponent === 31) return fraction ? NaN : sign * Infinity;
    return exponent ? sign * 2 ** (exponent - 15) * (1 + fraction / 1024) : sign * 2 ** -24 * fraction;
  });
  return float16s;
}
