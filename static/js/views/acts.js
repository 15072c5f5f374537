/** What a visitor may do with a sentence: looking, and whatever else there is. */
import {html} from "htm/preact";
import {ACTS, actName} from "../acts.js";

/** @param {any} props kind: of the chosen model */
export function Acts({t, act, kind, on}) {
  return html`
    <div class="acts" role="group" aria-label=${t("What to do")}>
      ${ACTS.map((name) => html`
        <button type="button" data-act=${name} aria-pressed=${name === act} onClick=${() => on.act(name)}>${actName(t, name, kind)}</button>`)}
    </div>`;
}
