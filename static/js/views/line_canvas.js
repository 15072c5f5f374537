/**
 * Lines on a canvas. Of very many the heaviest are there at once; the others follow frame by frame, as many as a frame has
 * time for.
 */
import {ends, sharpness} from "../line_layout.js";
import {opacity, thickness} from "../lines.js";

const AT_ONCE = 2500, LEAST = 200, MOST = 20_000; // lines, the latter two of a frame
const SMOOTH = 24; // ms between frames

/**
 * @param {any[]} layers from the bottom to the top: their lines and look
 * @param {{cell: any, palette: any}} [marked] a cell of the top layer whose line is marked, where it is drawn
 * @returns {() => void} ends the drawing
 */
export function paint(canvas, place, layers, marked) {
  const context = cleared(canvas, place.canvas);
  const left = layers.map((layer) => layer.lines.cells.length); // of each layer, from the lightest on
  const some = (count) => layers.forEach((layer, i) => {
    const from = Math.max(0, left[i] - Math.ceil(count / layers.length));
    look(context, layer);
    for (let n = from; n < left[i]; n++) stroke(context, place, layer, layer.lines.cells[n], layer.lines.weights[n]);
    left[i] = from;
  });
  some(AT_ONCE);
  if (marked) mark(context, place, layers.at(-1), marked);
  let due, count = LEAST, last = 0;
  const frame = (now) => {
    if (last) count = now - last < SMOOTH ? Math.min(MOST, count * 1.5) : Math.max(LEAST, count / 2);
    last = now;
    some(count);
    due = left.some(Boolean) && requestAnimationFrame(frame);
  };
  due = left.some(Boolean) && requestAnimationFrame(frame);
  return () => cancelAnimationFrame(due);
}

function mark(context, place, layer, {cell, palette}) {
  const at = cell.query * layer.nKey + cell.key, n = layer.lines.cells.indexOf(at), weight = layer.lines.weights[n];
  if (n < 0) return;
  for (const [colour, more] of [[palette.ink, 5], [palette.ground, 2.5]]) {
    look(context, {colour, dash: []});
    stroke(context, place, layer, at, weight, more);
  }
  look(context, layer);
  stroke(context, place, layer, at, weight);
}

function cleared(canvas, {width, height, from = {x: 0, y: 0}}) {
  const sharp = sharpness({width, height}, devicePixelRatio), context = canvas.getContext("2d");
  const size = {width: Math.round(width * sharp), height: Math.round(height * sharp)};
  if (canvas.width !== size.width || canvas.height !== size.height) Object.assign(canvas, size);
  context.setTransform(sharp, 0, 0, sharp, -from.x * sharp, -from.y * sharp);
  context.clearRect(from.x, from.y, width, height);
  return context;
}

function look(context, {colour, dash}) {
  context.strokeStyle = colour;
  context.setLineDash(dash);
}

/** more: pixels by which a mark, which nothing shows through, is wider than its line */
function stroke(context, place, {nKey, strength, thickest, shift}, at, weight, more = 0) {
  const [x1, y1, x2, y2] = ends(place, Math.floor(at / nKey), at % nKey, shift), {from, width, height} = place.canvas;
  if (from && (Math.max(x1, x2) < from.x || Math.min(x1, x2) > from.x + width || Math.max(y1, y2) < from.y || Math.min(y1, y2) > from.y + height)) return; // out of sight
  context.globalAlpha = more ? 1 : opacity(weight) * strength;
  context.lineWidth = thickness(weight, thickest) + more;
  context.beginPath();
  context.moveTo(x1, y1);
  context.lineTo(x2, y2);
  context.stroke();
}
