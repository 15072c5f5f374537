/**
 * A note on its way from one word to another: handed from neighbour to neighbour, as in a recurrent network, or laid on a
 * table that everyone reads, as in attention. What is the case after so many ticks is a function of the tick.
 */

/** @param {number} from @param {number} to words, counted from 1 @returns {{relay: number, table: number}} hand-overs on the way (Vaswani et al. 2017, table 1: maximum path length) */
export const handOvers = (from, to) => ({relay: Math.abs(to - from), table: from === to ? 0 : 1});

/** How many steps must come one after the other until n words are read (table 1: sequential operations). */
export const ticks = (n) => ({relay: n, table: 1});

/** How much of a note is left that survives each hand-over with this probability. */
export const survival = (kept, handed) => kept ** handed;

/**
 * @param {{n: number, from: number, to: number, tick: number, kept: number}} given from below to
 * @returns {{relay: any, table: any}} at: the word that holds the note; done: hand-overs until now; arrived; survives: so far
 */
export function relayAt({n, from, to, tick, kept}) {
  const way = handOvers(from, to);
  const done = {relay: Math.min(tick, way.relay), table: Math.min(tick, way.table)};
  const of = (kind) => ({done: done[kind], of: way[kind], arrived: done[kind] === way[kind], survives: survival(kept, done[kind])});
  return {
    relay: {...of("relay"), at: from + done.relay, read: Math.min(n, tick + 1)},
    table: {...of("table"), at: done.table ? to : from, read: tick >= 1 ? n : 0},
  };
}

/** The last tick at which anything happens. */
export const lastTick = (from, to) => Math.max(1, handOvers(from, to).relay);
