/** What a visitor does with a sentence: each act has its own panes. */

export const ACTS = ["look", "edit"];

export const actName = (t, act) => ({look: t("Look"), edit: t("Edit")}[act]);
