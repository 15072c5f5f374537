/** A colour function as a table, for a million numbers at a time. Weights are looked up by their square root, as they are coloured. */

const STEPS = 4096; // finer than a screen's 256 levels, wherever the colours change fastest

/** @param {(x: number) => number[]} colourOf @param {[number, number]} range [0, largest], or [-largest, largest] of signed values */
export function colourTable(colourOf, [least, largest]) {
  const value = (share) => (least < 0 ? (2 * share - 1) * largest : share * share * largest);
  const bytes = new Uint8ClampedArray(4 * (STEPS + 1));
  for (let i = 0; i <= STEPS; i++) bytes.set([...colourOf(value(i / STEPS)).map(Math.round), 255], 4 * i);
  return {signed: least < 0, largest, inks: new Uint32Array(bytes.buffer)};
}

/** A part of a matrix as ImageData has it; what is NaN stays transparent. -> Uint8ClampedArray [height * width * 4] */
export function painted({values, columns}, {top, left, height, width}, {signed, largest, inks}) {
  const pixels = new Uint32Array(height * width);
  for (let row = 0, at = 0; row < height; row++) {
    const start = (top + row) * columns + left;
    for (let i = start; i < start + width; i++, at++) {
      const share = Math.min(1, values[i] / largest);
      if (!Number.isNaN(share)) pixels[at] = inks[Math.round(STEPS * (signed ? (share + 1) / 2 : Math.sqrt(share)))];
    }
  }
  return new Uint8ClampedArray(pixels.buffer);
}
