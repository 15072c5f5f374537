/** The lines from queries to keys as an SVG for print: every token, every line from the threshold on. */
import {PALETTES} from "./colour.js";
import {headColour, headDash} from "./head_colours.js";
import {elide, label} from "./labels.js";
import {isLong, layersOf, linesOfHeads, shownHeads} from "./line_layers.js";
import {LONGEST, ends, labelBox, layout, suited} from "./line_layout.js";
import {opacity, tally, thickness} from "./lines.js";
import {escaped, round} from "./markup.js";

const WIDTH = 760, ROW = 30, MARGIN = 24, TITLE = 44; // pixels
const MOST = 20_000; // lines: of more, a picture is a stain that no program opens

/** Whether so many lines are drawn that they make no picture. */
export const tooMany = ({drawn}) => drawn > MOST;

/** From left to right or downwards, as the visitor or else the tokens have it. */
export const directionOf = (lines, {query: queries, key: keys}) => lines.direction || suited({width: WIDTH, queries, keys});

export const labelsOf = (trace, site) => Object.fromEntries(["query", "key"].map((axis) => [axis, trace.along(site, axis).map(label)]));

/**
 * @param {{threshold: string, heads: string, hidden: string, direction: string}} lines as the page shows them
 * @param {(drawn: {drawn: number, of: number, share: number}) => string} title
 * @param {(head: number) => string} headName in the legend of several heads' colours
 * @returns {{svg: string, width: number, height: number}|null} null where there are too many lines
 */
export function linesPicture({trace, site, head, lines, font, title, headName}) {
  const heads = shownHeads(site, head, lines);
  if (heads.some((one) => isLong(trace.head(site, one)))) return null;
  const of = linesOfHeads(trace, site, heads, Number(lines.threshold)), drawn = tally(of);
  if (tooMany(drawn)) return null;
  const labels = labelsOf(trace, site), {query: queries, key: keys} = labels;
  const place = layout({width: WIDTH, height: ROW * Math.max(queries.length, keys.length), queries, keys, direction: directionOf(lines, labels)});
  const groups = layersOf({trace, site, heads, of, lines, place, theme: "light"}).map((layer) => group(layer, place));
  const legend = lines.heads === "block" ? [...heads].sort((a, b) => a - b).map((i, n) => `<g transform="translate(${MARGIN + 80 * n},${MARGIN + 20})"><path d="M0 0H22" stroke="${headColour(i, "light")}" stroke-width="4" stroke-dasharray="${headDash(i).join(" ")}"/>`
    + `<text x="27" y="4" font-size="11" fill="${PALETTES.light.ink}">${escaped(headName(i))}</text></g>`) : [];
  const width = Math.max(Math.ceil(place.width) + 2 * MARGIN, 2 * MARGIN + 80 * legend.length), height = Math.ceil(place.height) + 2 * MARGIN + TITLE;
  const texts = ["query", "key"].flatMap((axis) => labels[axis].map((text, i) => token(text, i, place, axis)));
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${font}">`
    + `<rect width="100%" height="100%" fill="#ffffff"/><text x="${MARGIN}" y="${MARGIN + 4}" font-size="13" fill="${PALETTES.light.ink}">${escaped(title(drawn))}</text>${legend.join("")}`
    + `<g class="lines" transform="translate(${MARGIN},${MARGIN + TITLE})">${texts.join("")}<g transform="translate(${place.canvas.left},${place.canvas.top})">${groups.join("")}</g></g></svg>`;
  return {svg, width, height};
}

function group({lines: {cells, weights}, nKey, thickest, colour, dash, shift}, place) {
  const lines = Array.from(cells, (at, i) => {
    const [x1, y1, x2, y2] = ends(place, Math.floor(at / nKey), at % nKey, shift).map(round), weight = weights[i];
    return `<path d="M${x1} ${y1}L${x2} ${y2}" stroke-width="${round(thickness(weight, thickest))}" stroke-opacity="${round(opacity(weight))}"/>`;
  });
  return `<g fill="none" stroke="${colour}"${dash.length ? ` stroke-dasharray="${dash.join(" ")}"` : ""}>${lines.join("")}</g>`;
}

/** A token beside the end of its lines, with its position below it. */
function token(text, i, place, axis) {
  const {left, top, width, height} = labelBox(place, axis, i), words = escaped(elide(text, LONGEST)), size = round(Math.min(place.font, 15));
  const style = `fill="${PALETTES.light[axis]}" font-size="${size}"`, index = `<tspan font-size="9" dx="2" dy="3">${i}</tspan>`;
  if (place.direction === "columns") {
    const [x, anchor] = axis === "query" ? [left + width - 8, "end"] : [left + 8, "start"];
    return `<text x="${round(x)}" y="${round(top + height / 2 + size * 0.35)}" text-anchor="${anchor}" ${style}>${words}${index}</text>`;
  }
  const x = left + width / 2, y = axis === "query" ? top + height - 10 : top + 10 + size;
  if (!place.side[axis].turned[i]) return `<text x="${round(x)}" y="${round(y)}" text-anchor="middle" ${style}>${words}${index}</text>`;
  const [at, anchor] = axis === "query" ? [top + height - 8, "start"] : [top + 8, "end"];
  return `<text transform="translate(${round(x + size * 0.35)},${round(at)}) rotate(-90)" text-anchor="${anchor}" ${style}>${words}${index}</text>`;
}
