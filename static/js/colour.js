/**
 * Colours that mean something. Attention weights: cividis (Nuñez et al. 2018), running from the ground, so that zero is
 * paper. Signed values: PuOr (Brewer), zero is paper. The colour of a weight follows its square root, so that small
 * weights can be told from none; the legend is drawn from the same function.
 */

const CIVIDIS = ["00224e", "123570", "3b496c", "575d6d", "707173", "8a8678", "a59c74", "c3b369", "e1cc55", "fee838"];
const PURPLE = ["f7f7f7", "d8daeb", "b2abd2", "8073ac", "542788"];
const ORANGE = ["f7f7f7", "fee0b6", "fdb863", "e08214", "b35806"];

export const PALETTES = {
  light: {ground: "#fbfaf7", ink: "#1b1c1e", soft: "#5c5f66", hairline: "#d9d6cf", query: "#0067a8", key: "#b04a00"},
  dark: {ground: "#17181b", ink: "#eceae4", soft: "#a9abb2", hairline: "#3a3d43", query: "#6cb8f0", key: "#f5a25d"},
};

/** A weight in 0..1 -> [r, g, b] */
export function weightColour(weight, theme) {
  const t = Math.sqrt(Math.min(1, Math.max(0, weight)));
  const colour = along(CIVIDIS, theme === "dark" ? t : 1 - t);
  return mix(rgb(PALETTES[theme].ground), colour, Math.min(1, t / 0.35));
}

/** A value in -1..1 (a share of the largest size) -> [r, g, b] */
export function signedColour(share, theme) {
  const size = Math.min(1, Math.abs(share));
  const scale = share < 0 ? PURPLE : ORANGE;
  // On a dark ground the ends must be the light ones, or the largest values would be the hardest to see.
  const colour = theme === "dark" ? along(scale, 0.75 - size * 0.5) : along(scale, size);
  return mix(rgb(PALETTES[theme].ground), colour, Math.min(1, size / (theme === "dark" ? 0.6 : 0.12)));
}

/** Black or white, whichever is read better on this colour: at least 4.5 : 1 on any (WCAG 2.2, relative luminance). */
export function inkOn(colour) {
  const [r, g, b] = colour.map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? "#000" : "#fff";
}

export const css = (colour) => `rgb(${colour.map(Math.round).join(",")})`;

/** A colour function as plotly takes it: [[position 0..1, colour], ...], densest where the function bends most. */
export function plotlyScale(colourAt, from, steps = 48) {
  return Array.from({length: steps + 1}, (_, i) => {
    const share = i / steps;
    const position = from < 0 ? share : share * share;
    return [position, css(colourAt(from < 0 ? 2 * position - 1 : position))];
  });
}

function along(colours, t) {
  const at = Math.min(1, Math.max(0, t)) * (colours.length - 1), low = Math.min(colours.length - 2, Math.floor(at));
  return mix(rgb(colours[low]), rgb(colours[low + 1]), at - low);
}

const mix = (a, b, share) => a.map((x, i) => x + (b[i] - x) * share);
const rgb = (hex) => [0, 2, 4].map((i) => parseInt(hex.replace("#", "").slice(i, i + 2), 16));
