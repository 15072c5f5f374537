/** A mask painted by hand, with its presets and the way back; whoever shows it runs the model. */
import {html} from "htm/preact";
import {useMemo, useRef, useState} from "preact/hooks";
import {count} from "../format.js";
import {label} from "../labels.js";
import {maskName} from "../names.js";
import {MOST, PRESETS, begun, blind, changed, cleared, columnOf, done, flipped, painted, paintingOf, partAround, preset, redone, rowOf, sees, undone,
  wordOf} from "../painting.js";
import {specOf} from "../masks.js";
import {useUnique} from "../unique.js";
import {MaskGrid} from "./mask_grid.js";

/**
 * @param {any} props mask: its word in the address; native: the mask that the model was trained with, as a site carries it; queries, keys: tokens;
 * cell: {query, key}, the one to begin at; onCell: where another one is gone to; onPaint: the new word; onClose: null where it cannot be closed; block: whose mask is seen where blocks have masks of their own, else null
 */
export function MaskPainter({t, mask, native, queries, keys, cell = null, present = false, onCell = null, onPaint, onClose = null, block = null, name = t("The mask, painted by hand")}) {
  const painting = useMemo(() => paintingOf(specOf(mask, native), native, queries.length, keys.length, block !== null), [mask, native, block, queries.length, keys.length]);
  const way = useWay(mask), told = useUnique();
  const [own, move] = useState({query: 0, key: 0}), [pointed, point] = useState(null), [over, exceed] = useState(null);
  const at = placeIn(painting, cell ?? own), facts = useMemo(() => ({changed: changed(painting), blind: blind(painting).length}), [painting]);
  const part = usePart(painting, at), whole = part.rows === queries.length && part.columns === keys.length;
  const put = (next) => {
    const count = changed(next);
    exceed(count > MOST ? count : null);
    if (count <= MOST) go(done(way.current, wordOf(next)));
  };
  const go = (to) => {
    if (to.present === way.current.present) return;
    exceed(null);
    way.current = to;
    onPaint(to.present);
  };
  const back = () => { if (way.current.past.length) go(undone(way.current)); };
  const forth = () => { if (way.current.future.length) go(redone(way.current)); };
  const goTo = ({row, column}) => { move({query: row, key: column}); onCell?.({query: row, key: column}); };
  const onKeyDown = (event) => {
    const key = event.key.toLowerCase();
    if (!(event.ctrlKey || event.metaKey) || event.altKey || !["z", "y"].includes(key)) return;
    event.preventDefault();
    (key === "y" || event.shiftKey ? forth : back)();
  };
  return html`
    <section class="mask-painter" aria-label=${name} onKeyDown=${onKeyDown}>
      <header>
        <h2>${t("Mask, painted by hand")}</h2>
        ${onClose && html`<button type="button" class="quiet" onClick=${onClose}>${t("Close")}</button>`}
      </header>
      <p class="meaning">${t("Each row is a query: what it may see is filled. Click or drag to hide and show; with Shift, a rectangle. A token's name is its whole row or column.")}</p>
      ${block !== null && html`<p class="note">${t("The blocks of this model have different masks: you see that of block {block}. A cell that you change is changed in all of them; the others stay what they are in each block.", {block})}</p>`}
      ${whole || html`<p class="note">${t("This sentence has {count} tokens. The grid shows {rows} × {columns} of its cells, those around the chosen one: choose another cell, anywhere, to paint there.",
        {count: count(Math.max(queries.length, keys.length)), rows: part.rows, columns: part.columns})}</p>`}
      <${MaskGrid} ...${{t, painting, part, queries, keys, at}} large=${present} name=${t("Mask. Arrow keys choose a cell, Space hides or shows it, Shift with an arrow key paints.")}
        described=${told} onMove=${goTo} onPoint=${point} onStroke=${(places, on) => put(painted(painting, places, on))} onLine=${(places) => put(flipped(painting, places))} />
      <p class="told" id=${told} aria-live="polite">${sentence(t, painting, queries, keys, pointed ?? at)}</p>
      <p class="count" role="status">${counted(t, facts, native)}</p>
      ${over !== null && html`<p class="refusal" role="alert">${t("That would change {count} cells; a painted mask holds {most}.", {count: count(over), most: count(MOST)})}</p>`}
      <div class="tools">
        <${Tool} name=${t("Undo")} keys="Control+Z" idle=${!way.current.past.length} onClick=${back} />
        <${Tool} name=${t("Redo")} keys="Control+Shift+Z" idle=${!way.current.future.length} onClick=${forth} />
        <${Tool} name=${t("Clear")} idle=${!facts.changed} onClick=${() => put(cleared(painting))} />
        <${Tool} name=${t("This row")} onClick=${() => put(flipped(painting, rowOf(painting, at.row)))} />
        <${Tool} name=${t("This column")} onClick=${() => put(flipped(painting, columnOf(painting, at.column)))} />
        <label class="presets"><span class="caption">${t("Presets")}</span>
          <select value="" onChange=${(e) => { put(preset(painting, e.target.value, at)); e.target.value = ""; }}>
            <option value="" disabled selected>${t("Choose a preset")}</option>
            ${PRESETS.map((one) => html`<option value=${one}>${presetName(t, one, label(keys[at.column]))}</option>`)}
          </select>
        </label>
      </div>
    </section>`;
}

/** A button without use stays where the focus may be: one that is disabled would lose it. */
const Tool = ({name, keys, idle = false, onClick}) => html`<button type="button" aria-keyshortcuts=${keys} aria-disabled=${idle} onClick=${onClick}>${name}</button>`;

/** The words of this painting; a mask that comes from elsewhere begins anew. */
function useWay(mask) {
  const way = useRef(null), given = useRef(null);
  if (given.current !== mask) {
    if (way.current?.present !== mask) way.current = begun(mask);
    given.current = mask;
  }
  return way;
}

/** It moves only where the place has left it: what is painted stays under the hand. */
function usePart(painting, at) {
  const before = useRef(null);
  return (before.current = partAround(painting, at, before.current));
}

const placeIn = ({rows, columns}, {query, key}) => ({row: Math.min(query, rows - 1), column: Math.min(key, columns - 1)});

function sentence(t, painting, queries, keys, place) {
  const facts = {query: `${place.row} ${label(queries[place.row])}`, key: `${place.column} ${label(keys[place.column])}`};
  return sees(painting, place) ? t("Query {query} may see key {key}.", facts) : t("Query {query} may not see key {key}.", facts);
}

function counted(t, {changed, blind}, native) {
  const cells = changed === 0 ? t("as the model was trained: {mask}", {mask: maskName(t, native)}) : changed === 1 ? t("1 cell changed") : t("{count} cells changed", {count: changed});
  if (blind === 0) return cells;
  return `${cells}${t(", ")}${blind === 1 ? t("1 query sees nothing") : t("{count} queries see nothing", {count: blind})}`;
}

const presetName = (t, name, token) => ({
  first: t("hide the first position"), other: t("hide {token} from all others", {token}), halves: t("the two halves apart"),
  self: t("each token only itself"), neighbours: t("each token its neighbours"), causal: t("causal, by hand"), bidirectional: t("bidirectional, by hand"),
}[name]);
