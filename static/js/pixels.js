/** A matrix as the pixels of a picture, one a number. */
import {signedColour} from "./colour.js";

const STEPS = 255; // colours on each side of zero
const ramps = new Map();

/** @returns {Uint8ClampedArray} four bytes a number, as ImageData has them */
export function pixels(values, largest, theme) {
  const ramp = rampOf(theme), bytes = new Uint8ClampedArray(4 * values.length);
  for (let i = 0; i < values.length; i++) {
    const share = Math.max(-1, Math.min(1, values[i] / largest));
    bytes.set(ramp[STEPS + Math.round(share * STEPS)], 4 * i);
  }
  return bytes;
}

function rampOf(theme) {
  if (!ramps.has(theme)) {
    ramps.set(theme, Array.from({length: 2 * STEPS + 1}, (_, i) => [...signedColour(i / STEPS - 1, theme).map(Math.round), 255]));
  }
  return ramps.get(theme);
}

const FEW = {rows: 16, columns: 8}, LEAST = {high: 14, wide: 64}; // of a matrix whose numbers are written on it; pixels of such a number

/** Whether each number of a matrix can be written in its own cell. */
export const legible = ({rows, columns}, {width, height}) => rows <= FEW.rows && columns <= FEW.columns && height / rows >= LEAST.high && width / columns >= LEAST.wide;
