/** A tensor as a picture, a pixel a number, stretched over the room there is. */
import {html} from "htm/preact";
import {useLayoutEffect, useRef} from "preact/hooks";
import {inkOn, signedColour} from "../colour.js";
import {number} from "../format.js";
import {legible, pixels} from "../pixels.js";
import {moved, useSize} from "./heatmap.js";
import {Token} from "./token.js";

const HIGHEST = 22, LEAST_LABEL = 10; // pixels of a row, and of one that has room for its token
const CAPTION = 24, ROOM = 200; // pixels of what stands above, and of all rows, where the window does not say

/** @param {any} props as of Matrix; at: the number that is read, {row, column} or null */
export function PixelMatrix({name, matrix, tokens, chosen, mark = "query", scale, theme, bands = null, at, onAt, onPick}) {
  const canvas = useRef(null), picture = useRef(null), {rows, columns, data} = matrix;
  useLayoutEffect(() => {
    Object.assign(canvas.current, {width: columns, height: rows});
    canvas.current.getContext("2d").putImageData(new ImageData(pixels(data, scale.end, theme), columns, rows), 0, 0);
  }, [data, scale.end, theme]);
  const size = useSize(picture), {height} = size, labelled = height / rows >= LEAST_LABEL;
  const place = (event) => {
    const box = event.currentTarget.getBoundingClientRect();
    const share = (x, count) => Math.min(count - 1, Math.max(0, Math.floor(x * count)));
    return {row: share((event.clientY - box.top) / box.height, rows), column: share((event.clientX - box.left) / box.width, columns)};
  };
  const onKeyDown = (event) => {
    const next = moved(at ?? {row: chosen, column: 0}, event, rows, columns);
    if (!next) return;
    event.preventDefault();
    event.stopPropagation();
    onAt(next);
    if (next.row !== chosen) onPick?.(next.row);
  };
  return html`
    <div class="picture" ref=${picture} style=${{"--high": `${height / rows}px`}}>
      <div class="labels" aria-hidden="true">${labelled ? tokens.map((token, i) => html`
        <span class=${i === chosen ? `of-${mark}` : ""}><${Token} token=${token} length=${10} /></span>`)
        : html`<span class="only of-${mark}" style=${{top: `${100 * (chosen + 0.5) / rows}%`}}><${Token} token=${tokens[chosen]} length=${10} /></span>`}</div>
      <div class="pixels" role="application" tabindex="0" aria-label=${name} onKeyDown=${onKeyDown}
        onPointerMove=${(e) => e.pointerType === "mouse" && onAt(place(e))} onPointerLeave=${() => onAt(null)}
        onBlur=${() => onAt(null)} onClick=${(e) => onPick?.(place(e).row)}>
        <canvas ref=${canvas} aria-hidden="true"></canvas>
        ${legible(matrix, size) && html`<div class="cell-numbers" aria-hidden="true" style=${{gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`}}>${Array.from(data, (x) => html`
          <span style=${{color: inkOn(signedColour(Math.max(-1, Math.min(1, x / scale.end)), theme))}}>${number(x)}</span>`)}</div>`}
        <i class="mark ${mark}" style=${{top: `${100 * chosen / rows}%`, height: `${100 / rows}%`}}></i>
        ${bands && html`<i class="band" style=${{left: `${100 * bands.chosen / bands.count}%`, width: `${100 / bands.count}%`}}></i>`}
      </div>
    </div>`;
}

/** The style of a figure of so many rows. */
PixelMatrix.room = (rows, bounded) => {
  const most = CAPTION + (bounded ? HIGHEST * rows : Math.max(rows, Math.min(HIGHEST * rows, ROOM)));
  return bounded ? {flex: `1 1 ${most}px`, maxHeight: `${most}px`, minHeight: `${Math.max(60, rows) + CAPTION}px`} : {height: `${most}px`};
};
