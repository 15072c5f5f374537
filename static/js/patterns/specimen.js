/** One view in one of its states, with a small state of its own, so that it can be operated by itself. */
import {html} from "htm/preact";
import {RUNS, told} from "./runs.js";

export {useChosen, useShown} from "../choosing.js";

/**
 * @param {any} props given: what the page has for all; title: which state; run: whose trace it is drawn from;
 * View: draws it, from all that is given, the trace and its own props
 */
export function Specimen({given, title, run = "repeated", wide = false, View, ...own}) {
  const {t} = given, {trace, problem} = given.runs[run].value;
  return html`
    <figure class="specimen ${wide ? "wide" : ""}">
      <figcaption>${title}</figcaption>
      <div class="view">
        ${trace ? html`<${View} ...${given} ...${own} trace=${trace} first=${RUNS[run].chosen} name=${title} />`
          : problem ? html`<p class="refusal" role="alert">${told(t, problem)} <button type="button" class="quiet" onClick=${() => given.again(run)}>${t("Try again")}</button></p>`
            : html`<p class="waiting">${t("Loading…")}</p>`}
      </div>
    </figure>`;
}
