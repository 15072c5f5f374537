/** What can be taken away from a figure. */
import {html} from "htm/preact";
import {closes, leaves} from "./menu.js";

/** @param {any} props part: whether a safetensors file of this run would not hold all of it */
export function SaveMenu({t, kinds, saved, part = false, onSave}) {
  const items = [
    ["link", t("Copy link"), t("opens this very picture again")],
    ["png", "PNG", t("for print, its labels large enough to read")],
    ["svg", "SVG", t("for print, its labels large enough to read")],
    ["html", "HTML", t("one file that works without a network")],
    ["csv", "CSV", t("the numbers that are drawn")],
    ["safetensors", "safetensors", part ? t("what the page draws of this long run") : t("every tensor of this run")],
    ["python", "Python", kinds.includes("safetensors") ? t("the call that makes this run again") : t("reads this head from the file")],
  ].filter(([kind]) => kinds.includes(kind));
  return html`
    <details class="save" onKeyDown=${closes} onFocusOut=${leaves}>
      <summary>${t("Save")}</summary>
      <div class="panel" tabindex="-1">
        <ul>
          ${items.map(([kind, name, meaning]) => html`
            <li><button type="button" class="quiet" data-save=${kind} onClick=${() => onSave(kind)}>${name}</button> <small>${meaning}</small></li>`)}
        </ul>
        <p class="note" role="status">${saved}</p>
      </div>
    </details>`;
}
