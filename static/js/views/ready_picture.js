/** A heatmap's colours at once, within the frame of a choice; plotly's picture, with the numbers, lies over it when it is made. */
import {html} from "htm/preact";
import {useLayoutEffect, useRef} from "preact/hooks";
import {painted, tableOf} from "../colour_table.js";

/** @param {any} props z: rows of values, null where there is nothing to see; range: [least, largest], the least 0 or that of signed values */
export function ReadyPicture({z, range: [least, largest], theme, style}) {
  const canvas = useRef(null);
  useLayoutEffect(() => {
    const size = {height: z.length, width: z[0].length}, values = new Float32Array(size.height * size.width);
    z.forEach((row, i) => row.forEach((x, j) => { values[i * size.width + j] = x ?? NaN; }));
    const table = tableOf(theme, [least, largest]);
    Object.assign(canvas.current, size);
    canvas.current.getContext("2d").putImageData(
      new ImageData(painted({values, columns: size.width}, {top: 0, left: 0, ...size}, table), size.width, size.height), 0, 0);
  }, [z, least, largest, theme]);
  return html`<canvas class="ready" ref=${canvas} style=${style} aria-hidden="true"></canvas>`;
}
