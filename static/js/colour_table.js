/** A colour function as a table, for a million numbers at a time. Weights are looked up by their square root, as they are coloured. */

import {signedColour, weightColour} from "./colour.js";

const STEPS = 2048; // finer than the 256 levels of a screen, wherever the colours change fastest

/** @param {(x: number) => number[]} colourOf @param {[number, number]} range [0, largest], or [-largest, largest] of signed values */
export function colourTable(colourOf, [least, largest]) {
  const value = (share) => (least < 0 ? (2 * share - 1) * largest : share * share * largest);
  const bytes = new Uint8ClampedArray(4 * (STEPS + 1));
  for (let i = 0; i <= STEPS; i++) bytes.set([...colourOf(value(i / STEPS)).map(Math.round), 255], 4 * i);
  return {signed: least < 0, largest, inks: new Uint32Array(bytes.buffer)};
}

const TABLES = Object.fromEntries(["light", "dark"].map((theme) => [theme, {
  weights: colourTable((x) => weightColour(x, theme), [0, 1]), signed: colourTable((x) => signedColour(x, theme), [-1, 1]),
}]));

/** The page's colours, made once: of weights up to `largest`, or of signed values where the least is below 0. */
export const tableOf = (theme, [least, largest]) => ({...TABLES[theme][least < 0 ? "signed" : "weights"], largest});

/** A part of a matrix as ImageData has it; what is NaN stays transparent. -> Uint8ClampedArray [height * width * 4] */
export function painted({values, columns}, {top, left, height, width}, {signed, largest, inks}) {
  const pixels = new Uint32Array(height * width);
  for (let row = 0, at = 0; row < height; row++) {
    const start = (top + row) * columns + left;
    for (let i = start; i < start + width; i++, at++) {
      const share = values[i] / largest;
      if (share !== share) continue; // NaN
      const place = signed ? (share + 1) / 2 : Math.sqrt(share);
      pixels[at] = inks[place >= 1 ? STEPS : (STEPS * place + 0.5) | 0];
    }
  }
  return new Uint8ClampedArray(pixels.buffer);
}
