/**
 * A matrix in pieces of at most 512 x 512 pixels, one a cell or one a patch, each made when it is first to be seen. Where the matrix
 * is worked out in blocks (blocks.js), a piece is filled block by block, with time for a frame in between.
 */
import {painted} from "../colour_table.js";
import {patches, pool, shapeOf, sidesAt, sizeOf} from "../tiling.js";

const SIDE = 512;
const KEPT = 48; // pieces, of 1 MB each

export class Tiles {
  constructor(matrix, table) {
    Object.assign(this, {matrix, table, levels: new Map(), made: new Map(), lacking: new Set()});
  }

  /** Goes on with the pieces that the last drawings lacked something of. -> whether they still do */
  work(until) {
    for (const piece of this.lacking) {
      while (piece.left.length && performance.now() < until) {
        const block = piece.left.shift();
        pool(this.matrix.block(block), this.matrix.place(block), piece);
        piece.painted = false;
      }
      if (piece.left.length) return true;
      this.lacking.delete(piece);
    }
    return false;
  }

  /** The patches of so many cells; of a matrix in blocks their number alone. */
  level(sides) {
    if (this.matrix.block) return shapeOf(this.matrix, sides);
    const name = `${sides.down}/${sides.across}`;
    if (!this.levels.has(name)) this.levels.set(name, patches(this.matrix, sides));
    return this.levels.get(name);
  }

  /**
   * Draws what a view shows. sharp: pixels of the screen for one of the page.
   * Where two pieces meet, the edge is a whole pixel of the screen, or it would show as a seam.
   */
  draw(context, view, pane, sharp) {
    const size = sizeOf(view, this.matrix, pane), sides = sidesAt(size, sharp), level = this.level(sides);
    const along = (start, side, pixels, count, room) => { // pixels: of the screen, a patch takes
      const from = start / side, edge = (at) => (at % SIDE ? (at - from) * pixels : Math.round((at - from) * pixels));
      return pieces(from, Math.min(count, Math.ceil(from + room * sharp / pixels))).map((one) => ({...one, start: edge(one.from), end: edge(one.to)}));
    };
    context.imageSmoothingEnabled = false;
    for (const down of along(view.y, sides.down, size.high * sides.down * sharp, level.rows, pane.height)) {
      for (const across of along(view.x, sides.across, size.wide * sides.across * sharp, level.columns, pane.width)) {
        context.drawImage(this.piece(sides, down.piece, across.piece).canvas, across.from % SIDE, down.from % SIDE, across.to - across.from, down.to - down.from,
          across.start, down.start, across.end - across.start, down.end - down.start);
      }
    }
  }

  piece(sides, down, across) {
    const name = `${sides.down}/${sides.across}/${down}/${across}`, found = this.made.get(name) ?? made(this.level(sides), down * SIDE, across * SIDE, this, sides);
    if (found.left.length) this.lacking.add(found);
    if (!found.painted) repaint(found, this.table);
    this.made.delete(name);
    this.made.set(name, found); // the latest used is the last
    if (this.made.size > KEPT) this.made.delete(this.made.keys().next().value);
    return found;
  }
}

/** What of each piece lies between two places of a side. */
function pieces(from, to) {
  const found = [];
  for (let at = Math.floor(from); at < to;) {
    const piece = Math.floor(at / SIDE), end = Math.min(to, (piece + 1) * SIDE);
    found.push({piece, from: at, to: end});
    at = end;
  }
  return found;
}

/** A piece: its patches {values, rows, columns, top, left, sides}, their picture, and which blocks are still to be pooled into it. */
function made(level, top, left, {matrix}, sides) {
  const rows = Math.min(SIDE, level.rows - top), columns = Math.min(SIDE, level.columns - left), canvas = new OffscreenCanvas(columns, rows);
  if (!matrix.block) return {canvas, left: [], painted: false, patches: level, place: {top, left, height: rows, width: columns}};
  const cells = {top: top * sides.down, left: left * sides.across, height: rows * sides.down, width: columns * sides.across};
  const values = new Float32Array(rows * columns).fill(NaN);
  return {canvas, left: matrix.under(cells), painted: false, patches: {values, rows, columns}, cells, sides, place: {top: 0, left: 0, height: rows, width: columns}};
}

function repaint(piece, table) {
  const {width, height} = piece.place;
  piece.canvas.getContext("2d").putImageData(new ImageData(painted(piece.patches, piece.place, table), width, height), 0, 0);
  piece.painted = true;
}
