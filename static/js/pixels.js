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
