/** Small switches beside a figure: one of a few, or on and off. */
import {html} from "htm/preact";
import {useUnique} from "../unique.js";

/** @param {{options: [string, string][], value: string}} props options: each with its name on the page */
export function Choice({legend, options, value, onChoose}) {
  const name = useUnique(); // of the radio buttons that belong together
  return html`
    <fieldset class="small-choice">
      <legend>${legend}</legend>
      ${options.map(([option, text]) => html`
        <label class="choice"><input type="radio" name=${name} value=${option} checked=${option === value}
          onChange=${() => onChoose(option)} />${text}</label>`)}
    </fieldset>`;
}

export function Toggle({text, title, on, onToggle}) {
  return html`
    <label class="toggle" title=${title}><input type="checkbox" checked=${on} onChange=${(e) => onToggle(e.currentTarget.checked)} />${text}</label>`;
}
