/** What a visitor does with a sentence: each act has its own panes. */

export const ACTS = ["look", "compare", "edit", "write", "structure"];

/** What writing is called depends on who writes. */
export const actName = (t, act, kind) => ({
  look: t("Look"), compare: t("Compare"), edit: t("Edit"), structure: t("Structure"),
  write: {encoder: t("Fill in"), decoder: t("Write"), "encoder-decoder": t("Translate")}[kind] ?? t("Write"),
}[act]);

/** What is told of the next token while a model writes. */
export const PANELS = ["next", "beams", "lens", "spread", "kept"];
