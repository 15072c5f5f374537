/** The text that a figure is about, to be changed. */
import {html} from "htm/preact";

/** @param {any} props typed: a signal with the text */
export function TextBar({t, typed, onRead}) {
  return html`
    <form class="text-bar" onSubmit=${(event) => { event.preventDefault(); onRead(); }}>
      <label><span>${t("Text")}</span><input type="text" value=${typed.value} maxlength="400" onInput=${(event) => { typed.value = event.currentTarget.value; }} /></label>
      <button type="submit">${t("Read")}</button>
    </form>`;
}
