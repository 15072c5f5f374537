/** A beam search as the server tells it, step by step, made into a tree that can be drawn. */

export const WIDTHS = ["1", "2", "3", "4", "6", "8"]; // how many beams

/**
 * @param {{kept: any[], dropped: any[]}[]} steps
 * @returns {any[][]} per step its nodes, those that were kept first: {...beam, kept, at: [step, index], from: the node it goes on from or null, best: on the winner's way}
 */
export function tree(steps, winner) {
  const grown = [];
  steps.forEach(({kept, dropped}, step) => {
    const node = (beam, index, stays) => ({...beam, kept: stays, at: [step, index], from: beam.parent === null ? null : grown[step - 1][beam.parent], best: false});
    grown.push([...kept.map((beam, i) => node(beam, i, true)), ...dropped.map((beam, i) => node(beam, kept.length + i, false))]);
  });
  const end = winner && grown[winner.ids.length - 1]?.find((node) => node.kept && same(idsOf(node), winner.ids));
  for (let node = end; node; node = node.from) node.best = true;
  return grown;
}

/** All that stands on the way to a node, and its own token. */
export const idsOf = (node) => (node ? [...idsOf(node.from), node.id] : []);

const same = (a, b) => a.length === b.length && a.every((x, i) => x === b[i]);
