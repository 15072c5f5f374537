/**
 * Where the tokens of the lines view stand, in pixels: in two columns, the lines from left to right, or in two rows, the lines
 * from top to bottom. Both sides are equally long, so that a translation in order is straight lines.
 */
import {elide, ems, language} from "./labels.js";

export const LONGEST = 12; // characters of a label; the middle of a longer one is left out
const LEAST_STEP = 24, LARGEST_STEP = {columns: 40, rows: 72}; // from token to token; a target of 24 pixels can be hit
const WEIGHT = 44; // the room a written weight takes in a line of text, and the room one below the other
const WEIGHT_UPRIGHT = 18, WEIGHT_TURNED = 42;
const SCROLLBAR = 14;
const LARGEST_CANVAS = 8e6, LONGEST_CANVAS = 16384; // device pixels

const longest = (labels) => Math.max(1, ...labels.map((label) => ems(elide(label, LONGEST))));
const between = (least, x, most) => Math.max(least, Math.min(x, most));

/** Rows where most labels are Chinese and all stand upright in the width, columns otherwise. */
export function suited({width, queries, keys}) {
  const labels = [...queries, ...keys].filter((label) => !label.startsWith("⟨"));
  const chinese = labels.filter((label) => language(label) === "zh-CN").length;
  const fits = [queries, keys].every((side) => side.length * upright(side) <= width);
  return chinese > labels.length / 2 && fits ? "rows" : "columns";
}

/**
 * @param {{width: number, height: number, queries: string[], keys: string[], direction: "columns"|"rows"}} given
 * height: Infinity where the page scrolls
 * @returns {any} width, height: of everything; canvas: where the lines are drawn; side.query, side.key: {step, turned, box},
 * box being that of all labels
 */
export function layout(given) {
  return given.direction === "rows" ? rows(given) : columns(given);
}

function columns({width: whole, height, queries, keys}) {
  const count = Math.max(queries.length, keys.length);
  const step = between(LEAST_STEP, Math.floor(height / count), LARGEST_STEP.columns), depth = count * step;
  const width = whole - (depth > height ? SCROLLBAR : 0), font = between(13, step / 2, 18);
  const most = Math.max(44, (width - 2 * WEIGHT) * 0.33);
  const wide = (labels) => Math.ceil(Math.min(most, longest(labels) * font + 34)) + WEIGHT; // 34: index and padding
  const left = wide(queries), right = wide(keys);
  const lines = between(40, width - left - right, Math.max(280, depth * 1.7));
  const start = Math.max(0, Math.floor((width - left - lines - right) / 2));
  const side = (labels, at, breadth) =>
    ({step: depth / labels.length, turned: false, box: {left: at, top: 0, width: breadth, height: depth}});
  return {direction: "columns", font, step, width: start + left + lines + right, height: depth,
    canvas: {left: start + left, top: 0, width: lines, height: depth},
    side: {query: side(queries, start, left), key: side(keys, start + left + lines, right)}};
}

const ROW_FONT = 15;
const upright = (labels) => Math.max(36, longest(labels) * ROW_FONT + 8);

function rows({width: whole, height, queries, keys}) {
  const sides = [queries, keys].map((labels) => {
    const wide = upright(labels), share = whole / labels.length, turned = wide > Math.max(48, share);
    return {turned, count: labels.length, step: between(turned ? LEAST_STEP : wide, share, Math.max(wide, LARGEST_STEP.rows)),
      depth: turned ? Math.ceil(longest(labels) * ROW_FONT) + 22 + WEIGHT_TURNED : 38 + WEIGHT_UPRIGHT}; // 22, 38: the index, too
  });
  const width = Math.floor(Math.max(...sides.map(({count, step}) => count * step)));
  const labels = sides[0].depth + sides[1].depth;
  const free = height - labels - (width > whole ? SCROLLBAR : 0);
  const lines = Math.floor(between(140, free, Math.max(200, Math.min(whole, width) * 0.62)));
  const start = Math.max(0, Math.floor((whole - width) / 2));
  const side = ({turned, count, depth}, top) =>
    ({step: width / count, turned, box: {left: start, top, width, height: depth}});
  return {direction: "rows", font: ROW_FONT, step: width / Math.max(sides[0].count, sides[1].count), width: start + width, height: labels + lines,
    canvas: {left: start, top: sides[0].depth, width, height: lines},
    side: {query: side(sides[0], 0), key: side(sides[1], sides[0].depth + lines)}};
}

/** The box of one label within everything. */
export function labelBox({direction, side}, axis, index) {
  const {step, box: {left, top, width, height}} = side[axis];
  return direction === "rows" ? {left: left + index * step, top, width: step, height}
    : {left, top: top + index * step, width, height: step};
}

/** The ends of a line within the canvas: [x, y] at the query, [x, y] at the key. */
export function ends({direction, side, canvas}, query, key, shift = 0) {
  const from = (query + 0.5) * side.query.step + shift, to = (key + 0.5) * side.key.step + shift;
  return direction === "rows" ? [from, 0, to, canvas.height] : [0, from, canvas.width, to];
}

/** Heads that are drawn together lie beside each other: of one pair, too, all can be seen. */
export const shift = (slot, count, step) => (slot - (count - 1) / 2) * Math.min(4, step * 0.6 / count);

/** Pixels of the canvas for one of the page: the screen's, fewer where that would take too much memory. */
export const sharpness = ({width, height}, ratio) =>
  Math.min(ratio, Math.sqrt(LARGEST_CANVAS / (width * height)), LONGEST_CANVAS / Math.max(width, height));
