/** What there is on the page, in five steps. What a step is about is outlined (tour.css, [data-tour]). */
import {html} from "htm/preact";
import {useUnique} from "../unique.js";

/** The parts of the page, in the order in which one meets them: what is outlined, and what is said. */
export const TOUR = [".boxes", ".head-grid", ".head-figure", ".worked", ".choices"];

const told = (t) => [
  [t("Your sentence"), t("Write or paste any sentence and press Enter. It is cut into tokens: words, pieces of words, marks; ⟨bos⟩ stands for the beginning. A model reads them, for real, on this server, and all you see below is what it computed.")],
  [t("Heads"), t("A Transformer looks at a sentence through many heads at once, in several layers, its blocks. Each small picture is one head. The word below says what the head mostly does, where that can be told. Click one, or walk with the arrow keys.")],
  [t("The chosen head"), t("A row is a token that looks, a column a token that is looked at. Dark, or bright at night, means: much attention. A row adds up to 1. Point at any cell, tap it, or walk with the arrow keys.")],
  [t("Worked cell"), t("How the number in that cell came about, step by step: query times key, scale, mask, softmax, and what the token takes over. A name such as scores[0, 4, 2] says where a number lies, here in head 0, query 4, key 2; click it to see it drawn.")],
  [t("Model and mask"), t("Choose another model to see the same sentence read by another kind of Transformer, and another mask to see what changes when a token may, or may not, look ahead. The examples show where it is worth looking.")],
];

export function Tour({t, step, onStep}) {
  const [title, text] = told(t)[step], last = step === TOUR.length - 1, said = useUnique();
  return html`
    <section class="tour" role="dialog" aria-label=${t("Tour")} aria-describedby=${said}>
      <h2>${title} <small>${step + 1} / ${TOUR.length}</small></h2>
      <p id=${said} aria-live="polite">${text}</p>
      <p class="buttons">
        ${!last && html`<button type="button" class="quiet" onClick=${() => onStep(null)}>${t("Skip the tour")}</button>`}
        <button type="button" class="quiet" disabled=${step === 0} onClick=${() => onStep(step - 1)}>${t("Back")}</button>
        <button type="button" class="primary" onClick=${() => onStep(last ? null : step + 1)}>${last ? t("Close") : t("Next")}</button>
      </p>
    </section>`;
}
