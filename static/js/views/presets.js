/** What can be set beside what is shown, each one press: in words while there is nothing beside it yet, else as buttons. */
import {html} from "htm/preact";
import {presetsOf} from "../presets.js";

export function Presets({t, trace, models, mask, beside, edits, empty, on, name = t("Set beside it")}) {
  const all = presetsOf({trace, models, mask, beside, edits});
  return html`
    <section class="presets ${empty ? "in-words" : ""}" aria-label=${name}>
      ${empty ? html`<p class="meaning">${t("Run the sentence once more with one thing changed, and see, cell by cell, what that changes.")}</p>`
        : html`<h3>${t("Set beside it")}</h3>`}
      <ul>${all.map((one) => html`
        <li><button type="button" data-preset=${one.id} title=${empty ? "" : meaningOf(t, one.id)} onClick=${() => on.compare(one)}>${nameOf(t, one.id)}</button>
          ${empty && html`<p class="meaning">${meaningOf(t, one.id)}</p>`}</li>`)}</ul>
    </section>`;
}

const nameOf = (t, id) => ({
  bidirectional: t("bidirectional mask"), causal: t("causal mask"), prefix: t("prefix mask"), window: t("window mask"), painted: t("mask painted by hand"), unedited: t("without the edits"),
  sentence: t("another sentence"), checkpoint: t("before training"), finished: t("the finished model"), model: t("another model"),
  fair: t("trained encoder and trained decoder"), translating: t("three ways to translate"),
}[id]);

const meaningOf = (t, id) => ({
  bidirectional: t("The same weights, every token seeing every token."),
  causal: t("The same weights, no token seeing what comes after it."),
  prefix: t("From left to right, but a beginning is seen by all. Draw its end on the picture, or move it with the arrow keys."),
  window: t("Each token sees only its near neighbours among those that the mask allows."),
  painted: t("Cell by cell: what each token may see is yours to choose."),
  unedited: t("The run as it was before the edits."),
  sentence: t("Change a word and see what changes with it: the tokens that both have are set beside each other."),
  checkpoint: t("The same sentence with the weights that the training began with; choose any step that was kept."),
  finished: t("The same sentence with the weights at the end of the training."),
  model: t("The same text read by another model, token by token where both have the same."),
  fair: t("A mask alone makes no encoder of a decoder: here each model reads as it was trained to, the same sentence."),
  translating: t("The encoder–decoder, and a decoder that reads source, separator and translation as one document, from left to right and with the source seen by all."),
}[id]);
