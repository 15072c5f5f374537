/** What can be done to the chosen head, and undone. */
import {html} from "htm/preact";
import {ofHead, has, toggled} from "../edits.js";
import {closes, leaves} from "./menu.js";

export const EditMenu = (props) => html`
  <details class="edit-menu menu" onKeyDown=${closes} onFocusOut=${leaves}>
    <summary>${props.t("Edit this head")}</summary>
    <div class="panel" tabindex="-1"><${EditList} ...${props} /></div>
  </details>`;

/** @param {any} props edits: of the run; painting: whether its mask is being painted; onEdits: takes the edits of the next run */
export function EditList({t, site, head, edits, onEdits, painting = false, onPaint}) {
  const acts = [
    [ofHead("zero", site.name, head), t("Switch it off"), t("It adds nothing to the residual stream: its output z is 0.")],
    [ofHead("mean", site.name, head), t("Put its mean"), t("Its output is, at every position, the mean over the positions: it says the same everywhere.")],
    [ofHead("uniform", site.name, head), t("Look evenly"), t("It looks at every token that the mask allows alike: its queries are 0.")],
    ...(site.query === site.key ? [[ofHead("diagonal", site.name, head), t("Look only at itself"), t("Every token of it sees itself alone.")]] : []),
    [ofHead("zero", site.name, null), t("Switch the whole attention off"), t("All heads of this attention are off; the bias of its output matrix stays.")],
  ];
  return html`
    <ul class="edit-list">
      ${acts.map(([edit, name, meaning]) => html`
        <li><button type="button" aria-pressed=${has(edits, edit)} onClick=${() => onEdits(toggled(edits, edit))}>${name}</button> <small>${meaning}</small></li>`)}
      <li><button type="button" aria-pressed=${painting} onClick=${onPaint}>${t("Paint its mask…")}</button> <small>${t("Choose, cell by cell, which keys a query may see.")}</small></li>
    </ul>`;
}
