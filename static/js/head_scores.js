/**
 * How much of a head's attention falls where each kind of head would look, for weights that the server has not seen. The
 * same scores as model/heads.py has.
 */
import {ORDER, sought} from "./kinds.js";

const EVERYWHERE = ["first", "separator", "broad"]; // else a kind is told in self-attention alone, alignment in cross-attention

/** @returns {Float32Array} [head * kind], NaN where the tokens cannot tell */
export function scoresOf(trace, site) {
  const looked = lookedOf(trace, site), scores = new Float32Array(site.n_heads * ORDER.length);
  for (let head = 0; head < site.n_heads; head++) {
    const pattern = trace.pattern(site, head);
    looked.forEach(({kind, cells, asking}, i) => {
      const sum = kind === "broad" ? evenness(pattern, looked.visible) : cells.reduce((all, at) => all + pattern[at], 0);
      scores[head * ORDER.length + i] = asking ? sum / asking : NaN;
    });
  }
  return scores;
}

/** What a head that looks at all it sees alike would have, in place of any: they all see the same. -> [head * kind] */
export function chanceOf(trace, site) {
  const {visible} = lookedOf(trace, site), nKey = trace.along(site, "key").length;
  const ofOne = lookedOf(trace, site).map(({kind, cells, asking}) => {
    if (kind === "broad" || !asking) return asking ? 1 : NaN;
    return cells.reduce((sum, at) => sum + 1 / visible[Math.floor(at / nKey)].length, 0) / asking;
  });
  return Float32Array.from({length: site.n_heads * ofOne.length}, (_, i) => ofOne[i % ofOne.length]);
}

const remembered = new WeakMap(); // by what the blocks of a trace share: {trace: {tokens and mask: …}}

/** Of each kind, the places in a pattern where it looks and how many queries have one; visible: [query][..] places. */
function lookedOf(trace, site) {
  const same = remembered.get(trace) ?? remembered.set(trace, new Map()).get(trace), key = JSON.stringify([site.query, site.key, site.mask, site.head_masks]);
  if (same.has(key)) return same.get(key);
  const {nQuery, nKey, visible: sees} = trace.head(site, 0);
  const visible = Array.from({length: nQuery}, (_, query) => Array.from({length: nKey}, (_, key) => key)
    .filter((key) => sees(query, key)).map((key) => query * nKey + key));
  const self = site.query === site.key;
  const looked = ORDER.map((kind) => {
    if (kind === "broad") return {kind, cells: [], asking: visible.filter((row) => row.length > 1).length};
    const told = EVERYWHERE.includes(kind) || (kind === "alignment" ? !self && trace.links.length > 0 : self);
    const cells = told ? sought(trace, site, 0, kind).map(({query, key}) => query * nKey + key) : [];
    return {kind, cells, asking: new Set(cells.map((at) => Math.floor(at / nKey))).size};
  });
  same.set(key, Object.assign(looked, {visible}));
  return looked;
}

/** Of each row with more than one visible key, what an even spread would put there too; summed over the rows. */
function evenness(pattern, visible) {
  let sum = 0;
  for (const row of visible) if (row.length > 1) for (const at of row) sum += Math.min(pattern[at], 1 / row.length);
  return sum;
}
