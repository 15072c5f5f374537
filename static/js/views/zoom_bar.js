/** What of a large matrix is in view, and what stands for the cells that are too small to be seen. */
import {html} from "htm/preact";
import {within} from "../tiling.js";

/** side: how many cells a side share a square; outlined: whether the marked cells are, if there are any */
export function ZoomBar({t, view, pane, matrix, side, signed, outlined, zoomed, onZoom, onWhole}) {
  return html`
    <div class="zoom-bar">
      <div role="group" aria-label=${t("Size of the cells")}>
        <button type="button" aria-label=${t("Larger")} onClick=${() => onZoom(1)}>+</button>
        <button type="button" aria-label=${t("Smaller")} disabled=${!zoomed} onClick=${() => onZoom(-1)}>−</button>
        <button type="button" disabled=${!zoomed} onClick=${onWhole}>${t("Whole matrix")}</button>
      </div>
      <p class="note">${side === 1 ? parts(t, within(view, matrix, pane), matrix)
        : signed ? t("A square shows the largest of {side} × {side} scores, by size. Zoom in for every cell.", {side})
          : t("A square shows the largest of {side} × {side} weights. Zoom in for every cell.", {side})}
        ${!outlined && ` ${t("The marked cells are outlined once you zoom in.")}`}</p>
    </div>`;
}

function parts(t, seen, {rows, columns}) {
  const part = (name, {from, to}, count) => t("{name} {from} to {to} of {count}", {name, from, to: to - 1, count});
  return `${part(t("Queries"), seen.rows, rows)} · ${part(t("Keys"), seen.columns, columns)}`;
}
