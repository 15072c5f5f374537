/** The curve of a training as an SVG for print: a line a head, the followed ones with their names and last numbers. */
import {plotOf} from "./birth_layout.js";
import {across, curves, momentAt, same, scoreAt, ticks} from "./births.js";
import {PALETTES} from "./colour.js";
import {count} from "./format.js";
import {escaped} from "./markup.js";

const WIDTH = 760, HEIGHT = 400, NAMES = 170; // pixels; the names stand at the right
const FRAME = {left: 60, right: WIDTH - NAMES, top: 52, bottom: HEIGHT - 52};
const LINE = 16; // pixels from name to name
const SCORES = [0, 0.25, 0.5, 0.75, 1];
const {ink, soft, hairline, ground, query} = PALETTES.light;

/**
 * @param {{births: any, strong: any[], step: number, font: string, words: any}} given strong: the followed heads; step: that is shown
 * words: title, axis, steps, chance, headName(head)
 * @returns {{svg: string, width: number, height: number}}
 */
export function birthPicture({births, strong, step, font, words}) {
  const {x, y, line} = plotOf(FRAME), {left, right, top, bottom} = FRAME, last = births.moments.at(-1), all = curves(births);
  const lineOf = (head) => line(all.find((one) => same(head, one)).points), colour = (head) => (head.leads ? ink : query);
  const faint = all.filter((one) => !strong.some((head) => same(head, one))).map(({points}) => `<path class="head-line" d="${line(points)}" stroke="${soft}" stroke-opacity="0.4"/>`);
  const followed = [...strong].reverse().map((head) => `<path class="head-line strong" d="${lineOf(head)}" stroke="${colour(head)}" stroke-width="2"/>`);
  const rows = SCORES.map((score) => `<path d="M${left} ${y(score)}H${right}" stroke="${hairline}"/>${text(left - 8, y(score) + 4, String(score), "end")}`);
  const columns = ticks(last.step, 0.09).map((tick) => `<path d="M${x(across(tick, last.step))} ${bottom}v5" stroke="${soft}"/>${text(x(across(tick, last.step)), bottom + 19, count(tick), "middle")}`);
  const chance = `<path d="M${left} ${y(births.chance)}H${right}" stroke="${soft}" stroke-dasharray="4 3"/>`;
  const now = momentAt(births, step), at = x(across(step, last.step));
  const marker = now ? `<path d="M${at} ${top}V${bottom}" stroke="${ink}" stroke-opacity="0.45"/>${strong.map((head) => `<circle cx="${at}" cy="${y(scoreAt(births, now, head))}" r="4.5" fill="${colour(head)}" stroke="${ground}"/>`).join("")}` : "";
  const ends = [...strong.map((head) => ({score: scoreAt(births, last, head), name: words.headName(head), fill: colour(head)})),
    {score: births.chance, name: words.chance, fill: soft}];
  const names = apart(ends.map(({score}) => y(score))).map((down, i) => text(right + 10, down + 4, `${ends[i].name} ${ends[i].score.toFixed(2)}`, "start", ends[i].fill));
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="${font}" font-size="12">`
    + `<rect width="100%" height="100%" fill="#ffffff"/>${text(left, 22, words.title, "start", ink)}${text(left, 40, words.axis)}${text(right, HEIGHT - 14, words.steps, "end")}`
    + `${rows.join("")}${columns.join("")}<g fill="none">${chance}${faint.join("")}${followed.join("")}</g>${marker}${names.join("")}</svg>`;
  return {svg, width: WIDTH, height: HEIGHT};
}

/** Heights of names, none over another, each as near to its own as that leaves it. */
function apart(heights) {
  const order = heights.map((_, i) => i).sort((a, b) => heights[a] - heights[b]), found = [...heights];
  order.forEach((i, place) => { if (place) found[i] = Math.max(found[i], found[order[place - 1]] + LINE); });
  return found;
}

const text = (x, y, words, anchor = "start", fill = soft) => `<text x="${x}" y="${y}" text-anchor="${anchor}" fill="${fill}">${escaped(words)}</text>`;
