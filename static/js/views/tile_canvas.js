/** The picture of a large matrix: its part in view, the names of rows and columns where there is room, numbers in wide cells. */
import {PALETTES, inkOn} from "../colour.js";
import {elide, ems} from "../labels.js";
import {OUTLINED, dotted, ofRows} from "../marks.js";
import {numberAt, sizeOf, within} from "../tiling.js";

const FONT = 13, LEAST_FONT = 9, AXIS_FONT = 12; // pixels
const NUMBER_FONT = 12, LEAST_NUMBER_FONT = 10, NUMBER_HIGH = 16;
const DOT = 2; // pixels, and its halo one more around it
const FAMILY = "system-ui, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif";
const GAP = 5; // between a label and the cells
const INDEX = 24; // of the position that stands at a chosen name

/** Where the cells are in the frame, beside the longest labels: {left, top, width, height, filled} */
export function paneOf({width, height, rows, columns, longest, filled}) {
  const widest = (labels) => Math.max(1, ...labels.map((text) => ems(elide(text, longest))));
  const left = Math.ceil(24 + FONT * widest(rows)), top = Math.ceil(26 + (filled ? 0 : INDEX) + FONT * widest(columns));
  return {left, top, width: Math.max(40, width - left - 4), height: Math.max(40, height - top - 4), filled};
}

/**
 * @param {any} drawn tiles: of the matrix; ready: whether its colours are known; view and pane; size: of the canvas; labels: {rows, columns}, longest: their characters;
 * marks: cells {query, key}, in the order of their queries; written: a number in words, and the room it needs; colourOf: a number's colour
 */
export function paint(canvas, drawn) {
  const {size, pane, theme, tiles: {matrix}} = drawn, sharp = devicePixelRatio, context = canvas.getContext("2d");
  Object.assign(canvas, {width: Math.round(size.width * sharp), height: Math.round(size.height * sharp)}); // which clears it
  paintCells(canvas, drawn);
  context.setTransform(sharp, 0, 0, sharp, 0, 0);
  names(context, drawn, within(drawn.view, matrix, pane), sizeOf(drawn.view, matrix, pane), PALETTES[theme]);
}

/** What is drawn of the cells alone, anew. */
export function paintCells(canvas, drawn) {
  const {pane, theme} = drawn, sharp = devicePixelRatio, context = canvas.getContext("2d"), [wide, high] = [pane.width, pane.height].map((side) => Math.round(side * sharp));
  context.save();
  context.setTransform(1, 0, 0, 1, Math.round(pane.left * sharp), Math.round(pane.top * sharp));
  context.beginPath();
  context.rect(0, 0, wide, high);
  context.clip();
  context.clearRect(0, 0, wide, high);
  if (drawn.ready) drawn.tiles.draw(context, drawn.view, pane, sharp);
  context.scale(sharp, sharp);
  const {matrix} = drawn.tiles, seen = within(drawn.view, matrix, pane), cell = sizeOf(drawn.view, matrix, pane);
  if (drawn.ready) numbers(context, drawn, seen, cell);
  marked(context, drawn, seen, cell, PALETTES[theme]);
  context.restore();
}

function numbers(context, {tiles: {matrix}, view, written, room, colourOf}, {rows, columns}, {wide, high}) {
  const size = Math.min(1, wide / room, high / NUMBER_HIGH) * NUMBER_FONT;
  if (size < LEAST_NUMBER_FONT) return;
  Object.assign(context, {font: `${size}px ${FAMILY}`, textAlign: "center", textBaseline: "middle"});
  for (let row = rows.from; row < rows.to; row++) {
    for (let column = columns.from; column < columns.to; column++) {
      const value = numberAt(matrix, row, column);
      if (Number.isNaN(value)) continue;
      context.fillStyle = inkOn(colourOf(value));
      context.fillText(written(value), (column + 0.5 - view.x) * wide, (row + 0.5 - view.y) * high);
    }
  }
}

const seenLast = new WeakMap(); // marks -> what of them was drawn last: a picture is drawn many times while its cells are worked out

/** Those in view; small ones as far as dots stand apart. count: of all columns */
function inView(marks, {rows, columns}, cell, count) {
  const at = JSON.stringify([rows, columns, cell]), last = seenLast.get(marks);
  if (last?.at === at) return last.found;
  const ofThese = ofRows(marks, rows), all = columns.from === 0 && columns.to === count;
  const seen = all ? ofThese : ofThese.filter(({key}) => key >= columns.from && key < columns.to);
  const found = Math.min(cell.wide, cell.high) < OUTLINED ? dotted(seen, cell) : seen;
  seenLast.set(marks, {at, found});
  return found;
}

function marked(context, {view, marks, tiles: {matrix}}, area, cell, {ink, ground}) {
  const seen = inView(marks, area, cell, matrix.columns), {wide, high} = cell, at = ({query, key}) => [(key + 0.5 - view.x) * wide, (query + 0.5 - view.y) * high];
  if (Math.min(wide, high) < OUTLINED) {
    const dots = seen.map(at);
    for (const [colour, side] of [[ground, DOT + 2], [ink, DOT]]) {
      context.fillStyle = colour;
      for (const [x, y] of dots) context.fillRect(x - side / 2, y - side / 2, side, side);
    }
    return;
  }
  context.beginPath();
  for (const [x, y] of seen.map(at)) context.rect(x - 0.44 * wide, y - 0.44 * high, 0.88 * wide, 0.88 * high);
  for (const [strokeStyle, lineWidth, dash] of [[ground, 3.5, []], [ink, 1.5, [3, 2]]]) {
    Object.assign(context, {strokeStyle, lineWidth});
    context.setLineDash(dash);
    context.stroke();
  }
  context.setLineDash([]);
}

/** Every name where there is room, else every second, third, ... */
function names(context, {view, pane, labels, longest, axes}, seen, {wide, high}, {ink, soft}) {
  const along = ({from, to}, texts, corner, size, room, write) => {
    const every = Math.ceil((LEAST_FONT + 1) / size);
    Object.assign(context, {font: `${Math.max(LEAST_FONT, Math.min(FONT, size))}px ${FAMILY}`, fillStyle: ink, textBaseline: "middle"});
    for (let i = Math.ceil(from / every) * every; i < to; i += every) {
      const at = (i + 0.5 - corner) * size;
      if (at >= 0 && at <= room) write(elide(texts[i], longest), at);
    }
  };
  context.textAlign = "right";
  along(seen.rows, labels.rows, view.y, high, pane.height, (text, at) => context.fillText(text, pane.left - GAP, pane.top + at));
  context.textAlign = "left";
  along(seen.columns, labels.columns, view.x, wide, pane.width, (text, at) => upright(context, text, pane.left + at, pane.top - GAP));
  Object.assign(context, {font: `${AXIS_FONT}px ${FAMILY}`, fillStyle: soft});
  context.fillText(axes.columns, pane.left, 10);
  context.textAlign = "right";
  upright(context, axes.rows, 10, pane.top);
}

function upright(context, text, x, y) {
  context.save();
  context.translate(x, y);
  context.rotate(-Math.PI / 2);
  context.fillText(text, 0, 0);
  context.restore();
}
