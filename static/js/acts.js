/** What a visitor does with a sentence: each act has its own panes. */

export const ACTS = ["look", "compare"];

export const actName = (t, act) => ({look: t("Look"), compare: t("Compare")}[act]);
