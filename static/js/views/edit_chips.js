/** The edits of the run, each of which can be taken off; going back and on between them; and what they did to the prediction. */
import {html} from "htm/preact";
import {useRef} from "preact/hooks";
import {bothPredictions, predictedAt} from "../downstream.js";
import {editName} from "../edit_words.js";
import {label} from "../labels.js";
import {atMost, listed} from "./both_predictions.js";
import {Token} from "./token.js";

const TOLD = 2; // tokens of a distribution
const HELD = 400; // ms from which on a press is a look for as long as it lasts

export function EditChips({t, editing, shown, on}) {
  const {edits, before, after, undoable, redoable, problem} = editing;
  if (!edits.length && !undoable && !redoable) return null;
  return html`
    <section class="edit-chips" aria-label=${t("Edits")}>
      <ul>
        ${edits.map((edit, i) => ((name) => html`
          <li class="chip"><span>${name}</span><button type="button" aria-label=${t("Take off: {edit}", {edit: name})} title=${t("Take off")}
            onClick=${() => on.edit.apply(edits.filter((_, j) => j !== i))}>×</button></li>`)(editName(t, after, before, edit)))}
      </ul>
      <div class="controls">
        ${edits.length > 0 && html`<${Without} ...${{t, editing, on}} />`}
        <button type="button" disabled=${!undoable} aria-keyshortcuts="Control+Z" onClick=${on.edit.undo}>${t("Undo")}</button>
        <button type="button" disabled=${!redoable} aria-keyshortcuts="Control+Shift+Z" onClick=${on.edit.redo}>${t("Redo")}</button>
        ${edits.length > 0 && html`<button type="button" onClick=${() => on.edit.apply([])}>${t("Clear all")}</button>`}
      </div>
      ${edits.length > 0 && before && html`<${Told} ...${{t, before, after, shown}} />`}
      ${problem && html`<p class="note warning" role="alert">${problem} <button type="button" class="quiet" onClick=${on.edit.again}>${t("Try again")}</button></p>`}
    </section>`;
}

/** Shows the run without the edits for as long as it is held; a short press keeps it so. */
function Without({t, editing: {before, without}, on}) {
  const pressed = useRef(null); // when, and whether it was on then
  const begin = (event) => {
    event.currentTarget.setPointerCapture(event.pointerId); // what is shown may be laid out elsewhere
    pressed.current = {at: event.timeStamp, was: without};
    on.edit.without(true);
  };
  const end = (event) => {
    const {at, was} = pressed.current ?? {at: 0, was: without}; // a key has no beginning
    const held = pressed.current && event.timeStamp - at > HELD;
    pressed.current = null;
    on.edit.without(!held && !was);
  };
  const cancel = () => { if (pressed.current) { on.edit.without(pressed.current.was); pressed.current = null; } };
  return html`<button type="button" class="without" aria-pressed=${without} disabled=${!before} title=${t("Hold to look at the run without the edits, press to stay there")}
    onPointerDown=${begin} onPointerCancel=${cancel} onClick=${end}>${t("Without the edits")}</button>`;
}

/** What became of the prediction at the chosen position. */
function Told({t, before, after, shown}) {
  const at = predictedAt(after, shown), [was, is] = [before, after].map((one) => one.predictions[at]);
  if (!was || !is) return null;
  return html`
    <p class="told" aria-live="polite">
      ${after.model.kind === "encoder" ? t("At {token}:", {token: label(after.tokens[after.predicted][at])}) : t("After {token}:", {token: label(after.tokens[after.predicted][at])})}
      ${bothPredictions(was, is).slice(0, TOLD).map((one) => html`${" "}<span class="moved"><${Token} token=${listed(one)} /> ${atMost(one.was, was)} → <b>${atMost(one.is, is)}</b></span>`)}
    </p>`;
}
