/**
 * A colour for every head of a block: Okabe and Ito's eight, which can be told apart without full colour vision, each made
 * darker or lighter until it has 3 : 1 against the ground. From the ninth head on they come again, dashed.
 */

const COLOURS = {
  light: ["#d55e00", "#3284b8", "#b8528c", "#008a65", "#a87400", "#005a8c", "#8f8600", "#1b1c1e"],
  dark: ["#f0752a", "#56b4e9", "#dd8fb9", "#14b88a", "#e69f00", "#3d95d6", "#f0e442", "#eceae4"],
};
const DASHES = [[], [7, 4], [2, 3], [9, 3, 2, 3]];

export const headColour = (head, theme) => COLOURS[theme][head % COLOURS[theme].length];
export const headDash = (head) => DASHES[Math.floor(head / COLOURS.light.length) % DASHES.length];
