/** What the lines view is told: the least weight that is drawn, one head or all of the block, columns or rows. */
import {html} from "htm/preact";
import {count, percent} from "../format.js";
import {headColour, headDash} from "../head_colours.js";
import {THRESHOLDS, opacity, thickness, toggled} from "../lines.js";

const SAMPLES = [0.01, 0.1, 0.5, 1];

/** @param {any} props asked: whether all heads are wanted, which may be on their way; together: whether they are drawn; drawn: what is drawn of the lines; token: the one whose lines alone are drawn, or null */
export function LineControls({t, threshold, direction, asked, together, drawn, token, onChange}) {
  const share = (weight) => `${weight * 100} %`;
  const values = {drawn: count(drawn.drawn), of: count(drawn.of), share: percent(drawn.share), threshold: share(threshold), token: token?.label};
  const told = t("drawn: {drawn} of {of} lines, {share} of the weight", values);
  return html`
    <div class="line-controls">
      <label class="threshold"><span>${t("From a weight of")}</span>
        <input type="range" min="0" max=${THRESHOLDS.length - 1} step="1" value=${THRESHOLDS.indexOf(threshold)}
          aria-valuetext=${`${share(threshold)}, ${told}`}
          onInput=${(e) => onChange({threshold: String(THRESHOLDS[e.target.valueAsNumber])})} />
        <output>${share(threshold)}</output></label>
      <label class="together" aria-busy=${asked && !together}><input type="checkbox" checked=${asked}
        onChange=${(e) => onChange({heads: e.target.checked ? "block" : "chosen"})} />${t("all heads of this block")}
        ${asked && !together && html` <small role="status">${t("Loading…")}</small>`}</label>
      <span role="group" class="directions" aria-label=${t("Arrangement")}>
        ${[["columns", t("side by side")], ["rows", t("above and below")]].map(([name, words]) => html`
          <button type="button" aria-pressed=${direction === name} onClick=${() => onChange({direction: name})}>${words}</button>`)}
      </span>
      <p class="tally">${!token ? told : token.axis === "query"
        ? t("drawn of query {token}: {drawn} of {of} lines, {share} of the weight", values)
        : t("drawn of key {token}: {drawn} of {of} lines, {share} of the weight", values)}</p>
    </div>`;
}

/** A legend that shows, hides and chooses the heads of a block. */
export function HeadSwitches({t, site, head, theme, shown, hidden, onHidden, onHead}) {
  return html`
    <ul class="head-switches" aria-label=${t("Heads of this block")}>
      ${Array.from({length: site.n_heads}, (_, i) => html`
        <li key=${i} class="${i === head ? "chosen" : ""}">
          <button type="button" class="swatch" aria-pressed=${shown.includes(i)} disabled=${i === head}
            aria-label=${t("lines of head {head}", {head: i})} title=${t("lines of head {head}", {head: i})} onClick=${() => onHidden(toggled(hidden, i))}>
            <svg width="26" height="8" aria-hidden="true"><path d="M1 4H25" stroke=${headColour(i, theme)} stroke-width="4"
              stroke-dasharray=${headDash(i).join(" ")} /></svg></button>
          <button type="button" class="name" aria-pressed=${i === head} onClick=${() => onHead(site.name, i)}>${t("head {head}", {head: i})}</button>
        </li>`)}
    </ul>`;
}

export function LineLegend({t, together, thickest}) {
  return html`
    <div class="legend samples">
      ${SAMPLES.map((weight) => html`
        <small><i style=${{height: `${thickness(weight, thickest)}px`, opacity: opacity(weight)}}></i>${weight}</small>`)}
      <small>${t("Thickness follows the weight, opacity its square root. A masked pair has no line.")}
        ${together && ` ${t("The numbers are those of the chosen head.")}`}</small>
    </div>`;
}
