/** Opening a file of attentions, by a button or by dropping it on the page; and what is said of the one that is open. */
import {html} from "htm/preact";
import {useRef} from "preact/hooks";
import {count} from "../format.js";

export function OpenFile({t, reading, onOpen}) {
  const input = useRef(null);
  const choose = (event) => {
    const [file] = event.target.files;
    event.target.value = ""; // the same file can be chosen again
    if (file) onOpen(file);
  };
  return html`
    <div class="open-file">
      <span class="caption">${t("Attention from a file")}</span>
      <button type="button" onClick=${() => input.current.click()}>${reading ? t("Reading…") : t("Open a file…")}</button>
      <input ref=${input} type="file" hidden accept=".safetensors,.npz" onChange=${choose} />
    </div>`;
}

/** While a file is held over the page. */
export const DropZone = ({t}) => html`<div class="drop-zone"><p>${t("Drop a safetensors or npz file of attentions")}</p></div>`;

export function OpenedFile({t, trace, ...rest}) {
  return trace.size ? html`<${OpenedWeights} ...${{t, trace, ...rest}} />` : html`<${OpenedTrace} ...${{t, trace, ...rest}} />`;
}

/** A trace has all the numbers of its run, and the name of the model that made it. */
const OpenedTrace = ({t, trace: {file, model, sites, rounded}, onClose, name = t("The open file")}) => html`
  <section class="opened-file" aria-label=${name}>
    <p><b class="file">${file.name}</b> ${t("A trace of {model}, {n} attentions. What it was run with stands in the file, which stays in this browser.", {model: model.id, n: count(sites.length)})}
      ${rounded && ` ${t("Its numbers are rounded to float16: what is worked again here differs by as much.")}`}</p>
    <button type="button" class="quiet" onClick=${onClose}>${t("Close the file")}</button>
  </section>`;

function OpenedWeights({t, trace: {file, size, mask, sums}, onClose, name = t("The open file")}) {
  const {layers, heads, nQuery, nKey} = size, numbers = {layers, heads, queries: count(nQuery), keys: count(nKey)};
  return html`
    <section class="opened-file" aria-label=${name}>
      <p><b class="file">${file.name}</b> ${t("{layers} blocks of {heads} heads, {queries} queries, {keys} keys; weights alone. The file stays in this browser.", numbers)}
        ${" "}${mask === "causal" && t("Nothing above the diagonal has any weight: it is drawn as masked.")}</p>
      ${sums.off > 0 && html`<p class="note warning">${t("{off} of {rows} rows do not add up to 1. They are shown as they are.", {off: count(sums.off), rows: count(sums.rows)})}</p>`}
      <button type="button" class="quiet" onClick=${onClose}>${t("Close the file")}</button>
    </section>`;
}
