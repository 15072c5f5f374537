/** The picture of a large matrix: its part in view, the names of rows and columns where there is room, numbers in wide cells. */
import {PALETTES, inkOn} from "../colour.js";
import {elide, ems} from "../labels.js";
import {sideAt, within} from "../tiling.js";

const FONT = 13, LEAST_FONT = 9, AXIS_FONT = 12; // pixels
const NUMBER_FONT = 12, LEAST_NUMBER_FONT = 10;
export const OUTLINED = 6; // pixels of a cell from which on marks leave something of it to be seen
const FAMILY = "system-ui, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif";
const GAP = 5; // between a label and the cells
const INDEX = 24; // of the position that stands at a chosen name

/** Where the cells are in the frame, beside the longest labels: {left, top, width, height} */
export function paneOf({width, height, rows, columns, longest}) {
  const widest = (labels) => Math.max(1, ...labels.map((text) => ems(elide(text, longest))));
  const left = Math.ceil(24 + FONT * widest(rows)), top = Math.ceil(26 + INDEX + FONT * widest(columns));
  return {left, top, width: Math.max(40, width - left - 4), height: Math.max(40, height - top - 4)};
}

/**
 * @param {any} drawn tiles: of the matrix; view and pane; size: of the canvas; labels: {rows, columns}, longest: their characters;
 * marks: cells {query, key}; written: a number in words, and the room it needs; colourOf: a number's colour
 */
export function paint(canvas, drawn) {
  const {size, pane, theme} = drawn, sharp = devicePixelRatio, context = canvas.getContext("2d");
  Object.assign(canvas, {width: Math.round(size.width * sharp), height: Math.round(size.height * sharp)}); // which clears it
  context.save();
  context.setTransform(1, 0, 0, 1, Math.round(pane.left * sharp), Math.round(pane.top * sharp));
  context.beginPath();
  context.rect(0, 0, Math.round(pane.width * sharp), Math.round(pane.height * sharp));
  context.clip();
  drawn.tiles.draw(context, drawn.view, pane, sharp, sideAt(drawn.view.cell * sharp));
  context.scale(sharp, sharp);
  const seen = within(drawn.view, drawn.tiles.matrix, pane);
  numbers(context, drawn, seen);
  if (drawn.view.cell >= OUTLINED) outlines(context, drawn, seen, PALETTES[theme]);
  context.restore();
  context.setTransform(sharp, 0, 0, sharp, 0, 0);
  names(context, drawn, seen, PALETTES[theme]);
}

function numbers(context, {tiles: {matrix}, view, written, room, colourOf}, {rows, columns}) {
  const size = Math.min(1, view.cell / room) * NUMBER_FONT;
  if (size < LEAST_NUMBER_FONT) return;
  Object.assign(context, {font: `${size}px ${FAMILY}`, textAlign: "center", textBaseline: "middle"});
  for (let row = rows.from; row < rows.to; row++) {
    for (let column = columns.from; column < columns.to; column++) {
      const value = matrix.values[row * matrix.columns + column];
      if (Number.isNaN(value)) continue;
      context.fillStyle = inkOn(colourOf(value));
      context.fillText(written(value), (column + 0.5 - view.x) * view.cell, (row + 0.5 - view.y) * view.cell);
    }
  }
}

function outlines(context, {view, marks}, {rows, columns}, {ink, ground}) {
  context.beginPath();
  for (const {query, key} of marks) {
    if (query < rows.from || query >= rows.to || key < columns.from || key >= columns.to) continue;
    context.rect((key + 0.06 - view.x) * view.cell, (query + 0.06 - view.y) * view.cell, 0.88 * view.cell, 0.88 * view.cell);
  }
  for (const [strokeStyle, lineWidth, dash] of [[ground, 3.5, []], [ink, 1.5, [3, 2]]]) {
    Object.assign(context, {strokeStyle, lineWidth});
    context.setLineDash(dash);
    context.stroke();
  }
  context.setLineDash([]);
}

/** Every name where there is room, else every second, third, ... */
function names(context, {view, pane, labels, longest, axes}, seen, {ink, soft}) {
  const every = Math.ceil((LEAST_FONT + 1) / view.cell), font = `${Math.max(LEAST_FONT, Math.min(FONT, view.cell))}px ${FAMILY}`;
  Object.assign(context, {font, fillStyle: ink, textBaseline: "middle"});
  const along = ({from, to}, texts, corner, room, write) => {
    for (let i = Math.ceil(from / every) * every; i < to; i += every) {
      const at = (i + 0.5 - corner) * view.cell;
      if (at >= 0 && at <= room) write(elide(texts[i], longest), at);
    }
  };
  context.textAlign = "right";
  along(seen.rows, labels.rows, view.y, pane.height, (text, at) => context.fillText(text, pane.left - GAP, pane.top + at));
  context.textAlign = "left";
  along(seen.columns, labels.columns, view.x, pane.width, (text, at) => upright(context, text, pane.left + at, pane.top - GAP));
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
