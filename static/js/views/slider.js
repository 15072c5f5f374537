/** A number to slide, with buttons for one step. */
import {html} from "htm/preact";

/** @param {{t: any, label: string, value: number, min: number, max: number, step?: number, show?: (x: number) => string, onChange: (x: number) => void}} props */
export function Slider({t, label, value, min, max, step = 1, show = String, onChange}) {
  const to = (next) => onChange(Math.min(max, Math.max(min, Math.round(next / step) * step)));
  const button = (sign, next, title) => html`<button type="button" aria-label=${`${label}: ${title}`} disabled=${next < min - 1e-9 || next > max + 1e-9} onClick=${() => to(next)}>${sign}</button>`;
  return html`
    <div class="number-slider">
      <label><span>${label}</span>
        <input type="range" min=${min} max=${max} step=${step} value=${value} aria-valuetext=${show(value)} onInput=${(event) => to(event.currentTarget.valueAsNumber)} /></label>
      ${button("−", value - step, t("smaller"))}<output>${show(value)}</output>${button("+", value + step, t("larger"))}
    </div>`;
}
