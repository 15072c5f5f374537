/** What the chosen head does on this sentence: its kinds with their scores beside chance; one of them can be shown in the picture. */
import {html} from "htm/preact";
import {told} from "../kinds.js";

const SHOWN = 3;

export function HeadKinds({t, lang, trace, site, head, kinds, kind, marked, onKind}) {
  const all = told(trace, site, head), first = all.slice(0, SHOWN);
  const shown = first.some((one) => one.kind === kind) ? first : [...first, ...all.filter((one) => one.kind === kind)];
  const of = (name) => kinds.find((one) => one.name === name);
  const now = all.find((one) => one.kind === kind);
  if (!all.length) return null;
  return html`
    <div class="head-kinds">
      <span>${t("On this sentence:")}</span>
      ${shown.map((one) => html`
        <button type="button" aria-pressed=${one.kind === kind} title=${`${of(one.kind).meaning[lang]} ${one.kind === "broad" ? "" : t("Chance is what a head gets that looks at all visible tokens alike.")}`.trim()}
          onClick=${() => onKind(one.kind === kind ? "" : one.kind)}>
          ${of(one.kind).title[lang]} <b>${one.score.toFixed(2)}</b>
          ${one.kind !== "broad" && html`<small>${t("chance {chance}", {chance: one.chance.toFixed(2)})}</small>`}
        </button>`)}
      ${now && marked > 0 && html`<p class="note">${of(kind).meaning[lang]} ${t("The marked cells are where; {score} of this head's attention falls there, on average.", {score: now.score.toFixed(2)})}</p>`}
      ${kind && of(kind) && !now && html`<p class="note">${t("This sentence cannot tell whether a head is of the kind “{kind}”.", {kind: of(kind).title[lang]})}</p>`}
    </div>`;
}
