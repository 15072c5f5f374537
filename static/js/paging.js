/** On a projector at most so many tokens are shown at a time: the page on which the chosen one stands. */

export const SHOWN = 16;

/** -> {from, to}: of `count` tokens those on the page of the chosen one */
export function pageOf(count, chosen, shown = SHOWN) {
  const from = Math.floor(Math.min(chosen, count - 1) / shown) * shown;
  return {from, to: Math.min(count, from + shown)};
}

/** The token that is chosen on the page before or after; the same place on it where there is one. */
export const turned = (count, chosen, by, shown = SHOWN) => Math.min(count - 1, Math.max(0, chosen + by * shown));
