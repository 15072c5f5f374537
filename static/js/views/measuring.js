/** How far a measuring is, how it is stopped, and what there is when nothing came of it. */
import {html} from "htm/preact";

/** @param {any} props measured: as lessons/measured.js has it */
export function Measuring({t, measured: {running, stopped, done, of, problem, stop, again}}) {
  if (problem) return html`<p class="refusal" role="alert">${problem} <button type="button" class="quiet" onClick=${again}>${t("Try again")}</button></p>`;
  if (stopped) return html`<p class="measuring"><span>${t("Stopped.")}</span> <button type="button" class="quiet" onClick=${again}>${t("Measure now")}</button></p>`;
  return html`
    <p class="measuring" aria-busy=${running}>
      ${running ? html`<progress max=${of} value=${done} aria-label=${t("Measuring")}></progress><span>${t("{done} of {of}", {done, of})}</span>
        <button type="button" class="quiet" onClick=${stop}>${t("Stop")}</button>` : html`<span>${t("Measured on this server.")}</span>`}
    </p>`;
}
