/** The names along a heatmap's rows and columns. They are ours and not plotly's, which writes all of them anew with every head. */
import {html} from "htm/preact";
import {elide, ems} from "../labels.js";

const FONT = 13, LEAST_FONT = 9; // pixels; below the least, labels are left out
export const TITLE = 12; // pixels of an axis' name
const GAP = 4; // pixels
export const LONGEST = 12; // characters of a label; the middle of a longer one is left out

/** place: the heatmap's layout, {left, top, width, height, inner, depth, cell, angle, scale} */
export function AxisLabels({place, rows, columns, rowAxis, columnAxis}) {
  const {left, top, width, height, inner, depth, cell, angle, scale} = place, step = depth / rows.length;
  const fitting = (size) => Math.max(LEAST_FONT, Math.min(FONT * scale, size));
  return html`
    <svg class="axis-labels" width=${width} height=${height} aria-hidden="true">
      <g font-size=${fitting(cell)} text-anchor=${angle ? "start" : "middle"}>
        ${shown(columns, cell).map((i) => html`
          <g class="xtick" transform=${`translate(${left + (i + 0.5) * cell} ${top - GAP}) rotate(${angle})`}>
            <text dy=${angle ? "0.35em" : 0}>${elide(columns[i], LONGEST)}</text></g>`)}
      </g>
      <g font-size=${fitting(step)} text-anchor="end">
        ${shown(rows, step).map((i) => html`
          <g class="ytick" transform=${`translate(${left - GAP} ${top + (i + 0.5) * step})`}><text dy="0.35em">${elide(rows[i], LONGEST)}</text></g>`)}
      </g>
      <g class="axis-titles" font-size=${TITLE * scale} text-anchor="middle">
        ${columnAxis && html`<text x=${left + inner / 2} y=${TITLE * scale}>${columnAxis}</text>`}
        ${rowAxis && html`<text transform=${`translate(${TITLE * scale} ${middle(rowAxis, TITLE * scale, place)}) rotate(-90)`}>${rowAxis}</text>`}
      </g>
    </svg>`;
}

/** Where the name of few rows is longer than they are high, it reaches above them and not below the picture. */
const middle = (name, size, {top, depth, height}) => Math.max(size, Math.min(top + depth / 2, height - ems(name) * size / 2));

/** Every label where there is room, else every second, third, ...: never labels over labels. */
function shown(labels, size) {
  const every = Math.ceil((LEAST_FONT + 1) / Math.max(size, 0.5));
  return labels.map((_, i) => i).filter((i) => i % every === 0);
}
