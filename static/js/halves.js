/** Numbers of two bytes, which browsers have no arrays of: IEEE 754's binary16, and bfloat16, a float32 cut in half. */

/** @param {Uint16Array} bits @param {"F16"|"BF16"} dtype @returns {Float32Array} the same numbers */
export function widened(bits, dtype) {
  const of = dtype === "BF16" ? brains() : halves(), numbers = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) numbers[i] = of[bits[i]];
  return numbers;
}

let all16, allBrain; // every number there is, by its bits

function halves() {
  all16 ??= Float32Array.from({length: 2 ** 16}, (_, bits) => {
    const sign = bits >> 15 ? -1 : 1, exponent = (bits >> 10) & 31, fraction = bits & 1023;
    if (exponent === 31) return fraction ? NaN : sign * Infinity;
    return exponent ? sign * 2 ** (exponent - 15) * (1 + fraction / 1024) : sign * 2 ** -24 * fraction;
  });
  return all16;
}

function brains() {
  allBrain ??= new Float32Array(Uint32Array.from({length: 2 ** 16}, (_, bits) => bits << 16).buffer);
  return allBrain;
}
