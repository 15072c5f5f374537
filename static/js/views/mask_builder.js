/** A mask built cell by cell: what it is called, which family is built on it, and the weights of a real run under it. */
import {html} from "htm/preact";
import {useState} from "preact/hooks";
import {label} from "../labels.js";
import {flipped, painted, sees} from "../painting.js";
import {useUnique} from "../unique.js";
import {FamilyCard, shapeName} from "./family_card.js";
import {MaskGrid} from "./mask_grid.js";
import {WeightTable} from "./weight_table.js";

const CELL = 56, LARGE = 88; // pixels; for a class
const READY = ["bidirectional", "causal", "prefix", "window"]; // what a button lays down at once

/**
 * @param {any} props painting: {rows, columns, native, seen}, nothing of it marked as changed; shape: what it is called; count: of the prefix and the window that the
 * buttons lay down; rows: weights by query, null where hidden, or null while they are on their way; onPaint: the new painting; onShape: {kind, count}
 */
export function MaskBuilder({t, tokens, painting, shape, count, rows, theme, present, onPaint, onShape, onCount}) {
  const told = useUnique(), [at, move] = useState({row: 2, column: 3}), [pointed, point] = useState(null), place = pointed ?? at;
  const facts = {query: `${place.row} ${label(tokens[place.row])}`, key: `${place.column} ${label(tokens[place.column])}`};
  const put = (seen) => onPaint({...seen, native: seen.seen});
  const blind = rows?.findIndex((row) => row.every((weight) => weight === null)) ?? -1;
  return html`
    <div class="mask-builder">
      <p class="ready" role="group" aria-label=${t("Masks to begin with")}>
        ${READY.map((kind) => html`<button type="button" aria-pressed=${shape.kind === kind} onClick=${() => onShape({kind, count: ["prefix", "window"].includes(kind) ? count : null})}>${readyName(t, kind, count)}</button>`)}
        <label>${t("length")} <select value=${count} onChange=${(event) => onCount(Number(event.currentTarget.value))} aria-label=${t("Length of the prefix and of the window")}>
          ${Array.from({length: tokens.length - 2}, (_, i) => html`<option value=${i + 2} selected=${i + 2 === count}>${i + 2}</option>`)}</select></label>
      </p>
      <div class="sides">
        <div>
          <${MaskGrid} ...${{t, painting, at}} queries=${tokens} keys=${tokens} large=${present} signs=${true} largest=${present ? LARGE : CELL} described=${told}
            name=${t("Mask. Arrow keys choose a cell, Space hides or shows it, Shift with an arrow key paints.")}
            onMove=${move} onPoint=${point} onStroke=${(places, on) => put(painted(painting, places, on))} onLine=${(places) => put(flipped({...painting, native: painting.seen.map(() => 1)}, places))} />
          <p class="told" id=${told}>${sees(painting, place) ? t("Query {query} may see key {key}.", facts) : t("Query {query} may not see key {key}.", facts)}</p>
        </div>
        <div aria-busy=${rows === null}>
          ${rows && html`<${WeightTable} ...${{t, rows, theme}} queries=${tokens} keys=${tokens} chosen=${place.row} caption=${t("Attention weights of a run under this mask")} />`}
          ${blind >= 0 && html`<p class="note warning">${t("{query} sees nothing: its softmax would be 0/0. Here its row is set to 0.", {query: label(tokens[blind])})}</p>`}
        </div>
        <div>
          <p class="built" role="status"><span class="caption">${t("You built")}</span><b>${shapeName(t, shape)}</b></p>
          <${FamilyCard} ...${{t, shape}} />
        </div>
      </div>
    </div>`;
}

const readyName = (t, kind, count) => ({bidirectional: t("no mask"), causal: t("causal"), prefix: t("prefix {count}", {count}), window: t("window {count}", {count})}[kind]);
