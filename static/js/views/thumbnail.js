/** One head's pattern as a small picture; of a long one, the largest weight of each patch. */
import {html} from "htm/preact";
import {useLayoutEffect, useRef} from "preact/hooks";
import {weightColour} from "../colour.js";

export const LARGEST = 64; // pixels a side

/** from: the first key that is drawn */
export function Thumbnail({trace, site, head, theme, from}) {
  const canvas = useRef(null);
  useLayoutEffect(() => paint(canvas.current, trace, site, head, theme, from), [trace, site, head, theme, from]);
  return html`<canvas ref=${canvas} aria-hidden="true"></canvas>`;
}

function paint(canvas, trace, site, head, theme, from) {
  const {nQuery, nKey, visible} = trace.head(site, head), pattern = trace.pattern(site, head);
  const width = Math.min(LARGEST, nKey), height = Math.min(LARGEST, nQuery);
  const largest = new Float32Array(width * height).fill(-1); // -1: nothing visible in this patch
  for (let query = 0; query < nQuery; query++) {
    const row = Math.floor(query * height / nQuery) * width;
    for (let key = from; key < nKey; key++) {
      if (!visible(query, key)) continue;
      const at = row + Math.floor(key * width / nKey);
      largest[at] = Math.max(largest[at], pattern[query * nKey + key]);
    }
  }
  Object.assign(canvas, {width, height});
  const context = canvas.getContext("2d"), image = context.createImageData(width, height);
  largest.forEach((weight, i) => {
    if (weight >= 0) image.data.set([...weightColour(weight, theme).map(Math.round), 255], 4 * i);
  });
  context.putImageData(image, 0, 0);
}
