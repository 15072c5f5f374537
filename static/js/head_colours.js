/**
 * A colour for every head of a block: Okabe and Ito's eight, each made darker or lighter until it has 3 : 1 against the ground
 * and can be told from the others without full colour vision, too. From the ninth head on they come again, dashed.
 */

const COLOURS = { // vermilion, sky blue, reddish purple, bluish green, orange, blue, yellow, black
  light: ["#a24200", "#2197d0", "#883467", "#349b76", "#622d00", "#006eae", "#948a00", "#060606"],
  dark: ["#d55e00", "#52bdf8", "#b87399", "#4cdaa8", "#e8a10a", "#006eb5", "#efe341", "#696969"],
};
const DASHES = [[], [7, 4], [2, 3], [9, 3, 2, 3]];

export const headColour = (head, theme) => COLOURS[theme][head % COLOURS[theme].length];
export const headDash = (head) => DASHES[Math.floor(head / COLOURS.light.length) % DASHES.length];
