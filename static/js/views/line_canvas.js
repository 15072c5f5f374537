/**
 * Lines on a canvas. Of very many the heaviest are there at once; the others follow frame by frame, as many as a frame has
 * time for.
 */
import {ends, sharpness} from "../line_layout.js";
import {opacity, thickness} from "../lines.js";

const AT_ONCE = 2500, LEAST = 200, MOST = 20_000; // lines, the latter two of a frame
const SMOOTH = 24; // ms between frames

/**
 * @param {any[]} layers from the bottom to the top: lines, their pattern and look
 * @param {{cell: any, palette: any}} [marked] a cell of the top layer whose line is marked, where it is drawn
 * @returns {() => void} ends the drawing
 */
export function paint(canvas, place, layers, marked) {
  const context = cleared(canvas, place.canvas);
  const left = layers.map((layer) => layer.lines.cells.length); // of each layer, from the lightest on
  const some = (count) => layers.forEach((layer, i) => {
    const from = Math.max(0, left[i] - Math.ceil(count / layers.length));
    look(context, layer);
    for (const at of layer.lines.cells.subarray(from, left[i])) stroke(context, place, layer, at);
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
  const at = cell.query * layer.nKey + cell.key;
  if (!layer.lines.cells.includes(at)) return;
  for (const [colour, more] of [[palette.ink, 5], [palette.ground, 2.5]]) {
    look(context, {colour, dash: []});
    stroke(context, place, layer, at, more);
  }
  look(context, layer);
  stroke(context, place, layer, at);
}

function cleared(canvas, {width, height}) {
  const sharp = sharpness({width, height}, devicePixelRatio), context = canvas.getContext("2d");
  const size = {width: Math.round(width * sharp), height: Math.round(height * sharp)};
  if (canvas.width !== size.width || canvas.height !== size.height) Object.assign(canvas, size);
  context.setTransform(sharp, 0, 0, sharp, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}

function look(context, {colour, dash}) {
  context.strokeStyle = colour;
  context.setLineDash(dash);
}

/** more: pixels by which a mark, which nothing shows through, is wider than its line */
function stroke(context, place, {nKey, pattern, strength, thickest, shift}, at, more = 0) {
  const [x1, y1, x2, y2] = ends(place, Math.floor(at / nKey), at % nKey, shift), weight = pattern[at];
  context.globalAlpha = more ? 1 : opacity(weight) * strength;
  context.lineWidth = thickness(weight, thickest) + more;
  context.beginPath();
  context.moveTo(x1, y1);
  context.lineTo(x2, y2);
  context.stroke();
}
