/**
 * Where the tokens of the lines view stand, in pixels: in two columns, the lines from left to right, or in two rows, the lines
 * from top to bottom. Both sides are equally long, so that a translation in order is straight lines.
 */
import {elide, ems, language} from "./labels.js";

export const LONGEST = 12; // characters of a label; the middle of a longer one is left out
const LEAST_STEP = 24, LARGEST_STEP = {columns: 40, rows: 72}; // from token to token; a target of 24 pixels can be hit
export const WEIGHT_WIDE = 38; // a written weight, lying; in rows it is turned where it has no room
const WEIGHT_HIGH = 18, INDEX = 14;
const SCROLLBAR = 14;
const LARGEST_CANVAS = 8e6, LONGEST_CANVAS = 16384; // device pixels

const longest = (labels) => Math.max(1, ...labels.map((label) => ems(elide(label, LONGEST))));
const between = (least, x, most) => Math.max(least, Math.min(x, most));

/** Rows where most labels are Chinese and these stand upright in the width, columns otherwise. */
export function suited({width, queries, keys, scale = 1}) {
  const labels = [...queries, ...keys].filter((label) => !label.startsWith("⟨"));
  const fits = [queries, keys].every((side) => side.length * upright(side.filter(square), scale) <= width);
  return labels.filter(square).length > labels.length / 2 && fits ? "rows" : "columns";
}

const square = (label) => language(label) === "zh-CN";

/**
 * @param {{width: number, height: number, queries: string[], keys: string[], direction: "columns"|"rows", scale?: number}} given
 * height: what there is; more is taken where there are many tokens; scale: how much larger all is for a class
 * @returns {any} width, height: of everything; canvas: where the lines are drawn; side.query, side.key: {step, turned, box};
 * turned: by label; box: of all labels
 */
export function layout(given) {
  return given.direction === "rows" ? rows(given) : columns(given);
}

function columns({width: whole, height, queries, keys, scale = 1}) {
  const count = Math.max(queries.length, keys.length);
  const step = between(LEAST_STEP * scale, Math.floor(height / count), LARGEST_STEP.columns * scale), depth = count * step;
  const width = whole - (depth > height ? SCROLLBAR : 0), font = between(13 * scale, step / 2, (width < 500 ? 15 : 18) * scale);
  const weight = WEIGHT_WIDE * scale, most = Math.max(44, (width - 2 * weight) * 0.33);
  const wide = (labels) => Math.ceil(Math.min(most, longest(labels) * font + (INDEX + 16) * scale)) + weight;
  const left = wide(queries), right = wide(keys);
  const lines = between(40, width - left - right, Math.max(280, depth * 1.7));
  const start = Math.max(0, Math.floor((width - left - lines - right) / 2));
  const side = (labels, at, breadth) =>
    ({step: depth / labels.length, turned: [], box: {left: at, top: 0, width: breadth, height: depth}});
  return {direction: "columns", scale, font, step, width: start + left + lines + right, height: depth,
    canvas: {left: start + left, top: 0, width: lines, height: depth},
    side: {query: side(queries, start, left), key: side(keys, start + left + lines, right)}};
}

const ROW_FONT = 15;
const upright = (labels, scale) => Math.max(LEAST_STEP, longest(labels) * ROW_FONT + 8) * scale;

/** Labels stand upright where all of them fit, else those that are wider than the Chinese ones are turned. */
function rows({width: whole, height, queries, keys, scale = 1}) {
  const sides = [queries, keys].map((labels) => {
    const share = whole / labels.length, all = upright(labels, scale), least = all <= share ? all : upright(labels.filter(square), scale);
    return {labels, step: between(least, share, Math.max(least, LARGEST_STEP.rows * scale))};
  });
  const width = Math.ceil(Math.max(...sides.map(({labels, step}) => labels.length * step)) - 1e-6);
  const start = Math.max(0, Math.floor((whole - width) / 2));
  const [query, key] = sides.map(({labels}) => {
    const step = width / labels.length, turned = labels.map((label) => upright([label], scale) > step + 0.01);
    const deep = Math.max(...labels.map((label, i) => (turned[i] ? longest([label]) * ROW_FONT + 4 : 20))) * scale;
    return {step, turned, depth: Math.ceil(deep + (INDEX + (step < WEIGHT_WIDE * scale ? WEIGHT_WIDE : WEIGHT_HIGH)) * scale)};
  });
  const labels = query.depth + key.depth, free = height - labels - (width > whole ? SCROLLBAR : 0);
  const lines = Math.floor(between(140, free, Math.max(200, Math.min(whole, width) * 0.62)));
  const side = ({step, turned, depth}, top) => ({step, turned, box: {left: start, top, width, height: depth}});
  return {direction: "rows", scale, font: ROW_FONT * scale, step: Math.min(query.step, key.step), width: start + width, height: labels + lines,
    canvas: {left: start, top: query.depth, width, height: lines},
    side: {query: side(query, 0), key: side(key, query.depth + lines)}};
}

/** The box of one label within everything. */
export function labelBox({direction, side}, axis, index) {
  const {step, box: {left, top, width, height}} = side[axis];
  return direction === "rows" ? {left: left + index * step, top, width: step, height}
    : {left, top: top + index * step, width, height: step};
}

const LONGEST_SHEET = 8192; // pixels, beyond which the canvas is of what is in sight alone

/**
 * What of a long sheet is made where this much of it is in sight: the canvas, which then begins at `from` of the whole one, and the tokens
 * of each side. A short one is made whole.
 * @param {{from: number, room: number}} sight in pixels, along the tokens
 */
export function inSight(place, {from, room}) {
  const across = place.direction === "rows", length = across ? place.width : place.height, count = (side) => Math.round((across ? side.box.width : side.box.height) / side.step);
  if (length <= LONGEST_SHEET) return {place, tokens: ({query: {from: 0, to: count(place.side.query)}, key: {from: 0, to: count(place.side.key)}})};
  const start = Math.max(0, from - room), size = Math.min(length - start, 3 * room), {canvas} = place, left = across ? canvas.left : 0;
  const cut = across ? {...canvas, left: canvas.left + start, width: Math.min(size, canvas.width - start), from: {x: start, y: 0}}
    : {...canvas, top: canvas.top + start, height: size, from: {x: 0, y: start}};
  const tokens = (side) => ({from: Math.max(0, Math.floor((start - left) / side.step)), to: Math.min(count(side), Math.ceil((start + size - left) / side.step))});
  return {place: {...place, canvas: cut}, tokens: {query: tokens(place.side.query), key: tokens(place.side.key)}};
}

/** The ends of a line within the canvas: [x, y] at the query, [x, y] at the key. */
export function ends({direction, side, canvas}, query, key, shift = 0) { // of the whole one, where a part of it is made
  const from = (query + 0.5) * side.query.step + shift, to = (key + 0.5) * side.key.step + shift;
  return direction === "rows" ? [from, 0, to, canvas.height] : [0, from, canvas.width, to];
}

/** Heads that are drawn together lie beside each other: of one pair, too, all can be seen. */
export const shift = (slot, count, step) => (slot - (count - 1) / 2) * Math.min(4, step * 0.6 / count);

/** Pixels of the canvas for one of the page: the screen's, fewer where that would take too much memory. */
export const sharpness = ({width, height}, ratio) =>
  Math.min(ratio, Math.sqrt(LARGEST_CANVAS / (width * height)), LONGEST_CANVAS / Math.max(width, height));
