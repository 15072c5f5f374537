/**
 * A matrix of queries and keys that is not held whole: its numbers are worked out block by block where they are to be seen, and
 * the blocks that were wanted last are kept. No more of it is in memory at any length.
 */
import {capped, dot, scoreOf} from "./attention.js";
import {valueNorms} from "./values.js";

export const SIDE = 256; // cells of a block
const KEPT = 256; // blocks, of 256 kB each: a head of 4,096 tokens

export class Blocks {
  /**
   * @param {{rows: number, columns: number, visible: (row: number, column: number) => boolean, along: (row: number) => (column: number) => number, from?: number}} given
   * along: the numbers of a row; from: the first column that is drawn
   */
  constructor({rows, columns, visible, along, from = 0}) {
    Object.assign(this, {rows, columns, visible, along, from});
    this.across = Math.ceil(columns / SIDE);
    this.count = this.across * Math.ceil(rows / SIDE);
    this.kept = new Map(); // index -> Float32Array, the latest wanted last
    this.largest = 0; // magnitude, of what has been worked out
    this.foremost = {row: 0, column: 0}; // where that is
    this.seen = new Uint8Array(this.count);
  }

  /** A number with all its digits; NaN where there is nothing to see. */
  at(row, column) {
    return column >= this.from && this.visible(row, column) ? this.along(row)(column) : NaN;
  }

  /** The place of a block: {top, left, height, width} in cells. */
  place(index) {
    const top = Math.floor(index / this.across) * SIDE, left = index % this.across * SIDE;
    return {top, left, height: Math.min(SIDE, this.rows - top), width: Math.min(SIDE, this.columns - left)};
  }

  /** The blocks that lie, in part at least, in this rectangle of cells. */
  under({top, left, height, width}) {
    const found = [];
    for (let down = Math.floor(top / SIDE); down * SIDE < Math.min(this.rows, top + height); down++) {
      for (let over = Math.floor(left / SIDE); over * SIDE < Math.min(this.columns, left + width); over++) found.push(down * this.across + over);
    }
    return found;
  }

  /** The numbers of a block, row after row, as exact as a picture needs. -> Float32Array [height * width] */
  block(index) {
    const found = this.kept.get(index) ?? this.made(this.place(index));
    this.kept.delete(index);
    this.kept.set(index, found);
    if (this.kept.size > KEPT) this.kept.delete(this.kept.keys().next().value);
    this.seen[index] = 1;
    return found;
  }

  /** Works out the next block that never was. -> whether there is another one */
  next() {
    const index = this.seen.indexOf(0);
    if (index >= 0) this.block(index);
    return this.seen.includes(0);
  }

  /** The largest size and where it is, of what has been worked out. */
  greatest() { return {size: this.largest, ...this.foremost}; }

  made({top, left, height, width}) {
    const values = new Float32Array(height * width).fill(NaN), {visible} = this;
    for (let row = 0, at = 0; row < height; row++) {
      const number = this.along(top + row);
      for (let column = left; column < left + width; column++, at++) {
        if (column < this.from || !visible(top + row, column)) continue;
        const value = number(column), size = Math.abs(value);
        values[at] = value;
        if (size > this.largest) [this.largest, this.foremost] = [size, {row: top + row, column}];
      }
    }
    return values;
  }
}

/**
 * A head in blocks.
 * @param {"weights"|"scores"|"norms"|"products"|"scaled"|"capped"} what norms: weight times the norm of the value; products: of query and
 * key, then scaled and capped before the bias
 * @param {number} from the first key that is drawn
 * @param {(query: number, key: number) => boolean} [sees] where something else than what the mask hides is left out
 */
export function blocksOf(trace, site, index, what, from = 0, sees = null) {
  const head = trace.head(site, index), {nQuery: rows, nKey: columns} = head, visible = sees ?? head.visible;
  if (!head.q) { // its weights are all that is known
    const stored = trace.pattern(site, index);
    return new Blocks({rows, columns, visible, from, along: (query) => (key) => stored[query * columns + key]});
  }
  const keys = Array.from({length: columns}, (_, key) => head.k(key)), norms = what === "norms" ? valueNorms(head) : null;
  const along = (query) => {
    const q = head.q(query);
    if (what === "products") return (key) => dot(q, keys[key]);
    if (what === "scaled") return (key) => dot(q, keys[key]) * head.scale;
    if (what === "capped") return (key) => capped(dot(q, keys[key]) * head.scale, head.softcap);
    const score = (key) => scoreOf(head, query, key, dot(q, keys[key]));
    if (what === "scores") return score;
    const denominator = head.logDenominator(query), weight = (key) => Math.exp(score(key) - denominator);
    return norms ? (key) => weight(key) * norms[key] : weight;
  };
  return new Blocks({rows, columns, visible, from, along});
}
