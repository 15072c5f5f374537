/** A matrix in pieces of at most 512 x 512 pixels, one a cell or one a patch, each made when it is first to be seen. */
import {painted} from "../colour_table.js";
import {patches} from "../tiling.js";

const SIDE = 512;
const KEPT = 48; // pieces, of 1 MB each

export class Tiles {
  constructor(matrix, table) {
    Object.assign(this, {matrix, table, levels: new Map(), made: new Map()});
  }

  /** The patches of so many cells a side. */
  level(side) {
    if (!this.levels.has(side)) this.levels.set(side, patches(this.matrix, side));
    return this.levels.get(side);
  }

  /**
   * Draws what a view shows. sharp: pixels of the screen for one of the page; side: cells a side of a patch.
   * Where two pieces meet, the edge is a whole pixel of the screen, or it would show as a seam.
   */
  draw(context, {cell, x, y}, pane, sharp, side) {
    const level = this.level(side), pixels = cell * side * sharp; // of the screen, a patch takes
    const along = (from, count, room) => pieces(from / side, Math.min(count, Math.ceil(from / side + room * sharp / pixels)));
    const edge = (at, from) => (at % SIDE ? (at - from / side) * pixels : Math.round((at - from / side) * pixels));
    context.imageSmoothingEnabled = false;
    for (const down of along(y, level.rows, pane.height)) {
      const top = edge(down.from, y), bottom = edge(down.to, y);
      for (const across of along(x, level.columns, pane.width)) {
        const left = edge(across.from, x), right = edge(across.to, x);
        context.drawImage(this.piece(side, down.piece, across.piece), across.from % SIDE, down.from % SIDE, across.to - across.from, down.to - down.from,
          left, top, right - left, bottom - top);
      }
    }
  }

  piece(side, down, across) {
    const name = `${side}/${down}/${across}`, found = this.made.get(name) ?? made(this.level(side), down * SIDE, across * SIDE, this.table);
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

function made(level, top, left, table) {
  const height = Math.min(SIDE, level.rows - top), width = Math.min(SIDE, level.columns - left), canvas = new OffscreenCanvas(width, height);
  canvas.getContext("2d").putImageData(new ImageData(painted(level, {top, left, height, width}, table), width, height), 0, 0);
  return canvas;
}
