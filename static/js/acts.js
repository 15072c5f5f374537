/** What a visitor does with a sentence: each act has its own panes. */

export const ACTS = ["look"];

export const actName = (t, act) => ({look: t("Look")}[act]);
