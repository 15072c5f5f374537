/** The whole of a large matrix in the corner beside its labels, and what of it is in view. */
import {html} from "htm/preact";
import {useLayoutEffect, useRef} from "preact/hooks";
import {sizeOf, whole} from "../tiling.js";
import {share} from "./heatmap.js";

const LARGEST = 96, SMALLEST = 28, AROUND = 10; // pixels

/** turn: changes with what the tiles hold */
export function Overview({tiles, turn, view, pane, onCentre}) {
  const canvas = useRef(null), {matrix} = tiles, {rows, columns} = matrix;
  const room = Math.min(LARGEST, pane.left - 2 * AROUND, pane.top - 2 * AROUND), hidden = room < SMALLEST;
  const square = {width: room, height: room, filled: pane.filled}, all = whole(matrix, square), small = sizeOf(all, matrix, square), large = sizeOf(view, matrix, pane);
  const size = {width: Math.max(4, Math.round(small.wide * columns)), height: Math.max(4, Math.round(small.high * rows))};
  useLayoutEffect(() => {
    if (hidden) return;
    Object.assign(canvas.current, size);
    tiles.draw(canvas.current.getContext("2d"), all, square, 1);
  }, [tiles, turn, room]);
  if (hidden) return null;
  const to = (event) => {
    const {left, top} = event.currentTarget.getBoundingClientRect();
    if (event.buttons) onCentre({row: (event.clientY - top) / small.high, column: (event.clientX - left) / small.wide});
  };
  const [width, height] = [pane.width / large.wide, pane.height / large.high];
  return html`
    <div class="overview" aria-hidden="true" style=${{left: `${pane.left - AROUND - size.width}px`, top: `${pane.top - AROUND - size.height}px`}} onPointerDown=${to} onPointerMove=${to}>
      <canvas ref=${canvas}></canvas>
      <i style=${{left: share(view.x, columns), top: share(view.y, rows), width: share(Math.min(width, columns - view.x), columns), height: share(Math.min(height, rows - view.y), rows)}}></i>
    </div>`;
}
