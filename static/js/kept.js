/** What of one run is found again in the next, which read one token more: the cache that a decoder writes with, checked. */

/**
 * The largest difference of any key or value at a position that both runs read.
 * @param {any} before @param {any} after traces of the same model, the second with more tokens
 * @returns {{positions: number, numbers: number, difference: number}|null} null where the second does not go on from the first
 */
export function kept(before, after) {
  const old = before.tokens.target, now = after.tokens.target;
  if (before.model.id !== after.model.id || now.length <= old.length || old.some(({id}, i) => now[i].id !== id)) return null;
  let difference = 0, numbers = 0;
  for (const site of after.sites.filter(({query, key}) => query === "target" && key === "target")) {
    for (const name of ["k", "v"]) {
      const a = before.tensors[`${site.name}.${name}`], b = after.tensors[`${site.name}.${name}`];
      if (!a || !b) return null;
      const [heads, positions, d] = a.shape, wide = b.shape[1] * d;
      for (let head = 0; head < heads; head++) {
        for (let i = 0; i < positions * d; i++) difference = Math.max(difference, Math.abs(a.data[head * positions * d + i] - b.data[head * wide + i]));
      }
      numbers += a.data.length;
    }
  }
  return {positions: old.length, numbers, difference};
}
