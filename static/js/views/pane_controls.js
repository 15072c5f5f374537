/** What a pane says differently, and may say in another way: its mask, sentence, model, checkpoint, head. */
import {html} from "htm/preact";
import {useEffect, useMemo, useState} from "preact/hooks";
import {count} from "../format.js";
import {beneathPaint} from "../masks.js";
import {siteName, titleOf} from "../names.js";
import {said} from "../panes.js";
import {BLANK} from "../painting.js";
import {MaskPainter} from "./mask_painter.js";
import {MaskPicker} from "./sentence_bar.js";

/** @param {any} props word: what the pane says; onSay: (changes, begun), as panes.js's saying has them */
export function PaneControls({t, pane, word, ends, models, model: base, onSay}) {
  const own = said(word), end = ends[pane], id = own.model ?? base, model = models.find((m) => m.id === id), {checkpoints = []} = model ?? {};
  const checkpoint = own.checkpoint ?? ("none" in own ? "" : null);
  return html`
    <div class="pane-controls">
      ${"text" in own && !("written" in own) && html`<${OtherText} ...${{t, text: own.text, same: own.text === ends[0]?.trace.request.text, onSay}} />`}
      ${"model" in own && html`
        <label><span class="caption">${t("Model")}</span>
          <select value=${id} onChange=${(e) => onSay({model: e.target.value, site: null, head: null})}>
            ${models.map((m) => html`<option value=${m.id}>${models.some((other) => other !== m && titleOf(t, other) === titleOf(t, m)) ? m.title : titleOf(t, m)}</option>`)}
          </select></label>`}
      ${end && own.model && html`<${HeadPicker} ...${{t, end, onSay}} />`}
      ${checkpoint !== null && checkpoints.length > 0 && html`
        <label><span class="caption">${t("Step of the training")}</span>
          <select value=${checkpoint} onChange=${(e) => onSay(e.target.value === "" ? {none: "checkpoint", checkpoint: null} : {none: null, checkpoint: e.target.value})}>
            ${checkpoints.slice(0, -1).map((step) => html`<option value=${step}>${count(step)}</option>`)}
            <option value="">${t("{step}, finished", {step: count(checkpoints.at(-1))})}</option>
          </select></label>`}
      ${"mask" in own && html`<${MaskPicker} ...${{t, title: t("Mask"), mask: own.mask, model}} onMask=${(mask) => onSay({mask})} />`}
    </div>`;
}

/** The mask of this pane where it is painted by hand. */
export function PanePainter({t, pane, word, ends, cells, models, choose, onSay}) {
  const {mask = ""} = said(word), trace = ends[pane]?.trace, cell = cells[pane];
  const opens = useMemo(() => mask === BLANK, [mask.startsWith(BLANK)]); // a link to a painted mask shows what it does first
  if (!trace || !mask.startsWith(BLANK)) return null;
  const tokens = trace.tokens[trace.predicted], beneath = beneathPaint(trace, ends[pane].site, models.find((m) => m.id === trace.model.id).mask);
  return html`
    <details class="pane-painter" open=${opens}>
      <summary>${t("Paint")}</summary>
      <${MaskPainter} ...${beneath} ...${{t, mask, cell: cell.query === null ? null : cell}} queries=${tokens} keys=${tokens} onCell=${(to) => choose.pick({pane, ...to})} onPaint=${(painted) => onSay({mask: painted}, false)} />
    </details>`;
}

/** Another head of this pane's model. */
function HeadPicker({t, end: {trace, site, head}, onSay}) {
  const choose = (event) => ((at) => onSay({site: at.slice(0, at.lastIndexOf(".")), head: at.slice(at.lastIndexOf(".") + 1)}))(event.target.value);
  return html`
    <label><span class="caption">${t("Head")}</span>
      <select value=${`${site.name}.${head}`} onChange=${choose}>
        ${trace.sites.map((one) => html`
          <optgroup label=${`${siteName(t, one)} · ${t("block {block}", {block: one.layer})}`}>
            ${Array.from({length: one.n_heads}, (_, i) => html`<option value=${`${one.name}.${i}`}>${one.layer}.${i}</option>`)}
          </optgroup>`)}
      </select></label>`;
}

/** Another sentence; Enter runs it, as it does above. */
function OtherText({t, text, same, onSay}) {
  const [draft, write] = useState(text);
  useEffect(() => write(text), [text]);
  const run = () => { if (draft !== text) onSay({text: draft}); };
  const onKeyDown = (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    run();
  };
  return html`
    <label class="other-text"><span class="caption">${t("Other sentence")}</span>
      <textarea rows="1" spellcheck="false" autocomplete="off" value=${draft} onInput=${(e) => write(e.target.value)} onKeyDown=${onKeyDown}></textarea></label>
    <button type="button" onClick=${run}>${t("Run")}</button>
    ${same && html`<p class="note">${t("The same sentence as in A: change a word and run it.")}</p>`}`;
}
