/** What a reader types into a blank. */

const SIGNS = /[−–—﹣－]/g, POINTS = /[,，。．]/g;

/** "−2", "0,41" and "0.41" as numbers; NaN for what is none. */
export function typed(text) {
  const plain = text.trim().normalize("NFKC").replace(SIGNS, "-").replace(POINTS, ".");
  return /^[+-]?(\d+\.?\d*|\.\d+)$/.test(plain) ? Number(plain) : NaN;
}

/**
 * Whether it is the number that is asked for.
 * @param {number} value the model's own @param {number} shown as the page writes it: to copy that is right, too
 */
export const isRight = (text, value, shown, within) => [value, shown].some((x) => Math.abs(typed(text) - x) <= within + 1e-9);
