/** What of a large matrix is in view, and what stands for the cells that are too small to be seen. */
import {html} from "htm/preact";
import {within} from "../tiling.js";

/** sides: how many cells share a patch; dots: whether dots stand for the marked cells */
export function ZoomBar({t, view, pane, matrix, sides, signed, dots, zoomed, onZoom, onWhole}) {
  return html`
    <div class="zoom-bar">
      <div role="group" aria-label=${t("Size of the cells")}>
        <button type="button" aria-label=${t("Larger")} onClick=${() => onZoom(1)}>+</button>
        <button type="button" aria-label=${t("Smaller")} disabled=${!zoomed} onClick=${() => onZoom(-1)}>−</button>
        <button type="button" disabled=${!zoomed} onClick=${onWhole}>${t("Whole matrix")}</button>
      </div>
      <p class="note">${sides.down === 1 && sides.across === 1 ? parts(t, within(view, matrix, pane), matrix, pane.filled) : patch(t, sides, signed, pane.filled)}
        ${dots && ` ${t("A dot stands for the marked cells around it; zoom in for each.")}`}</p>
    </div>`;
}

function patch(t, {down, across}, signed, features) {
  if (features) return t("A patch shows the largest of {rows} × {columns} numbers, by size. Zoom in for every number.", {rows: down, columns: across});
  return signed ? t("A square shows the largest of {side} × {side} numbers, by size. Zoom in for every cell.", {side: down})
    : t("A square shows the largest of {side} × {side} weights. Zoom in for every cell.", {side: down});
}

function parts(t, seen, {rows, columns}, features) {
  const part = (name, {from, to}, count) => t("{name} {from} to {to} of {count}", {name, from, to: to - 1, count});
  return `${part(features ? t("Tokens") : t("Queries"), seen.rows, rows)} · ${part(features ? t("Features") : t("Keys"), seen.columns, columns)}`;
}
