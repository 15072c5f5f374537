/** What can be taken away from a figure. */
import {html} from "htm/preact";
import {closes, leaves} from "./menu.js";

export function SaveMenu({t, kinds, saved, onSave}) {
  const items = [
    ["link", t("Copy link"), t("opens this very picture again")],
    ["png", "PNG", t("for print, every label readable")],
    ["svg", "SVG", t("for print, every label readable")],
    ["html", "HTML", t("one file that works without a network")],
    ["csv", "CSV", t("the numbers that are drawn")],
    ["safetensors", "safetensors", t("every tensor of this run")],
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
