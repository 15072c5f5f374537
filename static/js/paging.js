/** On a projector at most so many tokens are shown at a time: pages of equal length, and the one on which the chosen token stands. */

export const SHOWN = 16;

/** No page is a scrap: 17 tokens are 9 and 8, not 16 and 1. */
const lengthOf = (count, shown) => Math.ceil(count / Math.ceil(count / shown));

/** -> {from, to}: of `count` tokens those on the page of the chosen one */
export function pageOf(count, chosen, shown = SHOWN) {
  const length = lengthOf(count, shown), from = Math.floor(Math.min(chosen, count - 1) / length) * length;
  return {from, to: Math.min(count, from + length)};
}

/** The token that is chosen on the page before or after; the same place on it where there is one. */
export const turned = (count, chosen, by, shown = SHOWN) => Math.min(count - 1, Math.max(0, chosen + by * lengthOf(count, shown)));
