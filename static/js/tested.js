/** What became of the ten ideas: each item's choice before the lessons and after them. */

export const ROUNDS = ["before", "after"];

/** "right", "other" or "open": which option was chosen, if one was. */
export function verdict({options}, chosen) {
  if (!options[chosen]) return "open";
  return options[chosen].right ? "right" : "other";
}

/**
 * A line for each item: what became of it in each round that was finished, and whether its lesson is worth going to.
 * @param {{of: string, options: {right: boolean}[]}[]} items
 * @param {{before: any, after: any}} kept of each round {chosen: {[of]: number}, finished}
 */
export function outcomes(items, kept) {
  const finished = ROUNDS.filter((round) => kept[round].finished), last = finished.at(-1);
  return items.map((item) => {
    const became = Object.fromEntries(finished.map((round) => [round, verdict(item, kept[round].chosen[item.of])]));
    return {item, ...became, missed: last !== undefined && became[last] !== "right"};
  });
}

/** The items without a choice in a round, by their place. -> [1, 4, ...], counted from 1 */
export const open = (items, chosen) => items.flatMap((item, i) => (verdict(item, chosen[item.of]) === "open" ? [i + 1] : []));

/** What storage held, or nothing: anything else counts as nothing. */
export function restored(text) {
  const empty = Object.fromEntries(ROUNDS.map((round) => [round, {chosen: {}, finished: false}]));
  try {
    const found = JSON.parse(text) ?? {};
    return Object.fromEntries(ROUNDS.map((round) => [round, {
      chosen: Object.fromEntries(Object.entries(found[round]?.chosen ?? {}).filter(([, i]) => Number.isInteger(i))), finished: found[round]?.finished === true,
    }]));
  } catch {
    return empty;
  }
}
