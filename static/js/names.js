/** What a site, a mask, a model and a view are called on the page. */

export const VIEWS = ["weights", "scores", "lines", "qkv", "values"];

export const viewName = (t, view) => ({
  weights: t("Attention weights"), scores: t("Scores"), lines: t("Lines"), qkv: t("Q, K, V"), values: t("Values"),
}[view]);

export function siteName(t, site) {
  if (site.name.includes(".cross_attn")) return t("cross-attention");
  if (site.name.startsWith("blocks.")) return t("self-attention");
  return site.name.startsWith("encoder.") ? t("encoder self-attention") : t("decoder self-attention");
}

/** One sentence on what a group of heads does; alone: there is no other sentence. */
export function siteMeaning(t, site, alone) {
  if (site.name.startsWith("blocks.")) return t("From the file.");
  if (site.name.includes(".cross_attn")) return t("The target asks, the source is read.");
  if (alone) return t("The sentence reads itself.");
  return site.query === "source" ? t("The source reads itself.") : t("The target reads itself.");
}

export const headName = (t, site, head) => t("block {block} · head {head}", {block: site.layer, head});

export function maskName(t, spec) {
  if (spec === "bidirectional") return t("bidirectional");
  if (spec === "causal") return t("causal");
  if ("prefix" in spec) return t("prefix of {count}", {count: spec.prefix});
  if ("window" in spec) return t("window of {count}", {count: spec.window});
  return "listed" in spec ? t("the model's own") : t("painted");
}

export function modelName(t, kind) {
  if (kind === "encoder") return t("Encoder");
  return kind === "decoder" ? t("Decoder") : t("Encoder–decoder");
}

/** Whether it is one of whoever runs the server, not one that is shipped. */
export const isNamed = ({source}) => source === "folder" || source === "hub";

/** What a model of /api/models is called: by its kind, by how it was made, or by its own name. */
export function titleOf(t, {kind, editable, n_heads: count, source, title}) {
  if (isNamed({source})) return title;
  if (!editable) return modelName(t, kind);
  return count === 1 ? t("By hand, one head") : t("By hand, {count} heads", {count});
}

/** What one does. */
export function aboutOf(t, {kind, editable, predicts = true, source}) {
  if (editable) return t("Written by hand in whole numbers, so that a pencil can follow. It knows six words in either language.");
  if (!predicts) return kind === "encoder" ? t("Reads both ways. It has no prediction head: it fills in no words.") : t("It has no prediction head: it writes no words.");
  if (kind === "encoder-decoder" && isNamed({source})) return t("Reads the source both ways and writes the target from left to right, like T5.");
  return modelMeaning(t, kind);
}

/** What its weights are stored and computed as; "" of a shipped one, and where it is not told. */
export function numbersOf(t, {source, dtype, stored_dtype: stored}) {
  if (!isNamed({source}) || !dtype) return "";
  return stored && stored !== dtype ? t("Its weights are stored in {stored} and computed with in {dtype}.", {stored, dtype}) : t("Its weights are in {dtype}.", {dtype});
}

export function modelMeaning(t, kind) {
  if (kind === "encoder") return t("Reads both ways and fills in hidden words, like BERT.");
  if (kind === "decoder") return t("Reads what came before and predicts the next token, like GPT.");
  return t("Reads the source both ways and writes a translation, like T5.");
}
