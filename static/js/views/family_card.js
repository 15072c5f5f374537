/** What a mask is good for: the family of models that is built on it, or that none is. */
import {html} from "htm/preact";

/** What the mask that was built is called: "causal", "prefix 2", "not a known mask". */
export function shapeName(t, {kind, count}) {
  return {
    bidirectional: t("bidirectional: every token sees every token"), causal: t("causal: itself and what stands before"), self: t("each token only itself"),
    prefix: t("prefix {count}: the first {count} read one another, the rest is causal", {count}), window: t("window {count}: itself and at most {before} before it", {count, before: count - 1}),
    band: t("band {count}: neighbours on both sides, at most {away} away", {count, away: count - 1}), padding: count === 1 ? t("padding: the last key is hidden from all") : t("padding: the last {count} keys are hidden from all", {count}),
    backward: t("causal from right to left: itself and what comes after"), nothing: t("nothing is seen: there is no row to share out"), unknown: t("not a known mask"),
  }[kind];
}

/** @param {any} props shape: {kind, count}, as mask_shape.js tells it */
export function FamilyCard({t, shape: {kind}}) {
  const {family, models, words} = card(t, kind);
  return html`
    <div class="family-card" aria-live="polite">
      <h3>${family}</h3>
      ${models && html`<p class="models">${models}</p>`}
      <p>${words}</p>
    </div>`;
}

function card(t, kind) {
  return {
    bidirectional: {family: t("Encoder-only"), models: "BERT, RoBERTa",
      words: t("Every word is read with both its sides. Good for judging, tagging and finding texts. Not made for writing: a word that is still to come would already have been seen.")},
    causal: {family: t("Decoder-only"), models: "GPT, Llama, Qwen",
      words: t("Every place learns to say what comes next, and nothing of the past changes when a word is added. Good for writing, and for all that can be put as writing.")},
    prefix: {family: t("Prefix LM"), models: "UniLM, GLM",
      words: t("What is given is read both ways, what is written is causal: one stack that completes a document.")},
    window: {family: t("Decoder-only, with a window"), models: "Mistral 7B",
      words: t("Each word reads a few before it. What is farther away comes through in several blocks. The work grows with n, not with n².")},
    band: {family: t("Encoder-only, with a window"), models: "Longformer",
      words: t("Each word reads its neighbours on both sides; long documents become affordable. A few chosen words see everything in the real model.")},
    padding: {family: t("Any family"), models: "",
      words: t("Sentences that are run together are filled up to the same length. The padding mask hides the fillers, on top of the family's own mask.")},
    self: {family: t("No family"), models: "", words: t("Every word alone: whatever the scores say, all weight stays at home. This is what attention is there to avoid.")},
    backward: {family: t("No family"), models: "", words: t("A causal mask for a text that is written from its end. Some models read in both directions with two such halves, ELMo for one, but with an LSTM.")},
    nothing: {family: t("No family"), models: "", words: t("A softmax over nothing is 0/0. Here such a row is set to zero, so that the word adds nothing.")},
    unknown: {family: t("No family"), models: "", words: t("It runs all the same: the mask decides who may be asked, and the softmax shares out the rest.")},
  }[kind];
}
