/** One head's pattern as a small picture. */
import {html} from "htm/preact";
import {useLayoutEffect, useRef} from "preact/hooks";
import {painted, tableOf} from "../colour_table.js";
import {patchesOf} from "../patches.js";

/** from: the first key that is drawn */
export function Thumbnail({trace, site, head, theme, from}) {
  const canvas = useRef(null);
  useLayoutEffect(() => paint(canvas.current, patchesOf(trace, site, head, from), theme), [trace, site, head, theme, from]);
  return html`<canvas ref=${canvas} aria-hidden="true"></canvas>`;
}

function paint(canvas, patches, theme) {
  const {rows: height, columns: width} = patches;
  Object.assign(canvas, {width, height});
  canvas.getContext("2d").putImageData(new ImageData(painted(patches, {top: 0, left: 0, height, width}, tableOf(theme, [0, 1])), width, height), 0, 0);
}
