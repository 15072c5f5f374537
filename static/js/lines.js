/**
 * The lines from queries to keys: which there are, how thick and how opaque each is, what is left out.
 * A pair that the mask hides has none; of the others those below a threshold are counted and not drawn.
 */

export const THRESHOLDS = [0, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5];

const THINNEST = 0.75, THICKEST = 7; // pixels
const FAINTEST = 0.1; // a visible pair has a line however small its weight

export const thickness = (weight, thickest = THICKEST) => THINNEST + (thickest - THINNEST) * weight;
/** Of the square root, as the colours of the heatmap, so that small weights can be told from none. */
export const opacity = (weight) => FAINTEST + (1 - FAINTEST) * Math.sqrt(weight);

/**
 * The lines of a head, or of one of its tokens.
 * @param {{nQuery: number, nKey: number, visible: (query: number, key: number) => boolean}} head
 * @param {Float32Array} pattern [query * key]
 * @param {{axis: "query"|"key", index: number}|null} token
 * @returns {{cells: Int32Array, weights: Float32Array, of: number, weight: number, total: number}} cells: the places in the pattern of what is
 * drawn, the heaviest last, so that it lies on top; weights: theirs; of: how many lines there are; weight, total: of the drawn, of all
 */
export function linesOf({nQuery, nKey, visible}, pattern, threshold, token = null) {
  const [firstQuery, lastQuery] = token?.axis === "query" ? [token.index, token.index + 1] : [0, nQuery];
  const [firstKey, lastKey] = token?.axis === "key" ? [token.index, token.index + 1] : [0, nKey];
  const order = new Float64Array((lastQuery - firstQuery) * (lastKey - firstKey));
  let drawn = 0, of = 0, weight = 0, total = 0;
  for (let query = firstQuery; query < lastQuery; query++) {
    for (let key = firstKey; key < lastKey; key++) {
      if (!visible(query, key)) continue;
      const cell = query * nKey + key, w = pattern[cell];
      of++;
      total += w;
      if (w < threshold) continue;
      order[drawn++] = Math.floor(w * 2 ** 20) * 2 ** 32 + cell; // one number for both: typed arrays sort numbers fast
      weight += w;
    }
  }
  const cells = Int32Array.from(order.subarray(0, drawn).sort(), (x) => x % 2 ** 32);
  return {cells, weights: Float32Array.from(cells, (cell) => pattern[cell]), of, weight, total};
}

export const MOST = 20_000; // lines of a long head: more would cover each other

/** The heaviest lines of a head of very many pairs, sifted block by block. */
export class Sieve {
  /** @param {any} blocks of its weights @param {number} threshold */
  constructor(blocks, threshold, most = MOST) {
    Object.assign(this, {blocks, threshold, most, block: 0, of: 0, total: 0, floor: threshold, kept: []});
  }

  get done() { return this.block === this.blocks.count; }

  next() {
    const values = this.blocks.block(this.block), {top, left, width} = this.blocks.place(this.block++), {columns} = this.blocks;
    for (let i = 0; i < values.length; i++) {
      const weight = values[i];
      if (weight !== weight) continue; // NaN: hidden
      this.of++;
      this.total += weight;
      if (weight >= this.floor) this.kept.push([weight, (top + Math.floor(i / width)) * columns + left + i % width]);
    }
    if (this.kept.length > this.most) {
      this.kept.sort(([a], [b]) => b - a).length = this.most;
      this.floor = this.kept.at(-1)[0];
    }
  }

  /** As linesOf has them. */
  get lines() {
    const kept = this.kept.sort(([a], [b]) => a - b);
    return {cells: Int32Array.from(kept, ([, cell]) => cell), weights: Float32Array.from(kept, ([weight]) => weight), of: this.of,
      weight: kept.reduce((sum, [weight]) => sum + weight, 0), total: this.total};
  }
}

/** The lines of one token of such a head, as linesOf has them. */
export function linesOfToken(blocks, threshold, {axis, index}) {
  const place = axis === "query" ? (i) => [index, i] : (i) => [i, index], found = [];
  let of = 0, total = 0;
  for (let i = 0; i < (axis === "query" ? blocks.columns : blocks.rows); i++) {
    const [query, key] = place(i), weight = blocks.at(query, key);
    if (Number.isNaN(weight)) continue;
    of++;
    total += weight;
    if (weight >= threshold) found.push([weight, query * blocks.columns + key]);
  }
  found.sort(([a], [b]) => a - b);
  return {cells: Int32Array.from(found, ([, cell]) => cell), weights: Float32Array.from(found, ([weight]) => weight), of, total,
    weight: found.reduce((sum, [weight]) => sum + weight, 0)};
}

/** The heaviest line there can be, in pixels: of one head, or of several drawn together. */
export const thickest = (together) => (together ? 4.5 : THICKEST);

/** How much of several heads' lines is drawn. share: of the weight, 0 where there is none */
export function tally(lines) {
  const sum = (of) => lines.reduce((all, one) => all + of(one), 0);
  const total = sum((one) => one.total);
  return {drawn: sum((one) => one.cells.length), of: sum((one) => one.of), share: total && sum((one) => one.weight) / total};
}

/** The queries that may see no key. */
export function blind({nQuery, nKey, visible}) {
  const sees = (query) => {
    if (visible(query, Math.min(query, nKey - 1))) return true; // of nearly every mask
    for (let key = 0; key < nKey; key++) if (visible(query, key)) return true;
  };
  return new Set(Array.from({length: nQuery}, (_, query) => query).filter((query) => !sees(query)));
}

/** The keys that a query looks at most, and what is left for the others it may see. weights: of this query */
export function lookedAt({nKey, visible}, weights, query, most = 3) {
  const seen = Array.from({length: nKey}, (_, key) => ({key, weight: weights[key]}))
    .filter(({key}) => visible(query, key)).sort((a, b) => b.weight - a.weight || a.key - b.key);
  const kept = seen.length === most + 1 ? most + 1 : most; // one more takes no more room than "1 other"
  const rest = seen.slice(kept);
  return {first: seen.slice(0, kept), rest: {count: rest.length, weight: rest.reduce((sum, {weight}) => sum + weight, 0)}};
}

/** A weight in two decimals, as in the heatmap's cells. */
export const written = (weight) => (weight > 0 && weight < 0.005 ? "<0.01" : weight.toFixed(2));

/** The heads whose lines are drawn, the chosen one last. hidden: "1,3" */
export function drawnHeads(count, chosen, hidden) {
  const out = parsed(hidden);
  return [...Array.from({length: count}, (_, head) => head).filter((head) => head !== chosen && !out.has(head)), chosen];
}

export function toggled(hidden, head) {
  const out = parsed(hidden);
  if (!out.delete(head)) out.add(head);
  return [...out].sort((a, b) => a - b).join(",");
}

const parsed = (hidden) => new Set(hidden.split(",").filter((s) => /^\d+$/.test(s)).map(Number));
