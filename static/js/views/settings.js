/** Controls of a measuring: boxes to tick, a slider with buttons, a sentence. */
import {html} from "htm/preact";
import {useState} from "preact/hooks";
import {Swatch} from "./log_plot.js";

/** @param {{options: {id: string, name: string, look: number}[], chosen: string[], onChoose: (ids: string[]) => void}} props one stays ticked at least */
export function Boxes({legend, options, chosen, theme, onChoose}) {
  const flip = (id) => onChoose(options.map((one) => one.id).filter((one) => (one === id ? !chosen.includes(id) : chosen.includes(one))));
  return html`
    <fieldset class="boxes"><legend>${legend}</legend>
      ${options.map(({id, name, look}) => html`
        <label class="toggle"><input type="checkbox" checked=${chosen.includes(id)} disabled=${chosen.length === 1 && chosen[0] === id} onChange=${() => flip(id)} />
          <${Swatch} look=${look} theme=${theme} />${name}</label>`)}
    </fieldset>`;
}

/** Told while it is dragged, and asked for when it is let go. */
export function Slider({t, label, value, min, max, step = 1, said = String, disabled = false, onChange}) {
  const [dragged, drag] = useState(null), at = dragged ?? value;
  const settle = (to) => { drag(null); if (to !== value && to >= min && to <= max) onChange(to); };
  return html`
    <div class="slider" role="group" aria-label=${label}>
      <label><span>${label}</span><input type="range" ...${{min, max, step, disabled}} value=${at} aria-valuetext=${said(at)}
        onInput=${(event) => drag(event.currentTarget.valueAsNumber)} onChange=${(event) => settle(event.currentTarget.valueAsNumber)} /></label>
      <span class="steps"><button type="button" aria-label=${t("smaller")} disabled=${disabled || at <= min} onClick=${() => settle(at - step)}>−</button><output>${said(at)}</output>
      <button type="button" aria-label=${t("larger")} disabled=${disabled || at >= max} onClick=${() => settle(at + step)}>+</button></span>
    </div>`;
}

export function Sentence({t, text, onText}) {
  const [typed, type] = useState(text);
  const submit = (event) => { event.preventDefault(); if (typed.trim()) onText(typed.trim()); };
  return html`
    <form class="sentence-to-measure" onSubmit=${submit}>
      <label><span>${t("Your sentence")}</span><input type="text" maxlength="400" value=${typed} onInput=${(event) => type(event.currentTarget.value)} /></label>
      <button type="submit" class="quiet" aria-disabled=${!typed.trim()}>${t("Measure now")}</button>
    </form>`;
}
