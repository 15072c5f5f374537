/** Edits in words. */
import {kindOf} from "./edits.js";
import {matrixName} from "./entries.js";
import {number} from "./format.js";
import {elide, label} from "./labels.js";
import {headName, siteName} from "./names.js";

/** What is done to whom: "block 1 · head 2: off". before: the run without the edits, null while it is not here */
export function editName(t, trace, before, edit) {
  if (kindOf(edit) === "swap") {
    const {swap: position, side} = edit, [was, now] = [before, trace].map((one) => (one ? elide(label(one.tokens[side][position])) : "…"));
    return t("token {position}: {was} → {now}", {position, was, now});
  }
  if (kindOf(edit) === "weight") return t("{matrix} [{row}, {column}]: {value}", {...edit, matrix: matrixName(edit.weight), value: number(edit.value)});
  return t("{place}: {act}", {place: placeName(t, trace, edit), act: actOf(t, edit)});
}

function placeName(t, trace, edit) {
  const site = trace.site(edit[kindOf(edit)]), several = new Set(trace.sites.map((one) => siteName(t, one))).size > 1;
  const place = (edit.head ?? null) === null ? t("block {block}, all heads", {block: site.layer}) : headName(t, site, edit.head);
  return several ? t("{site}, {place}", {site: siteName(t, site), place}) : place;
}

const actOf = (t, edit) => ({
  zero: t("off"), mean: t("its mean"), uniform: t("looks evenly"), diagonal: t("looks at itself"),
  paint: t("mask painted ({count})", {count: edit.cells?.length}),
}[kindOf(edit)]);

/** How a head that is edited is marked where there is no room for words. */
export const SIGNS = {zero: "×", mean: "x̄", uniform: "=", diagonal: "⟍", paint: "▦"};

/** What was done to a head, in words: "off, looks evenly". */
export const actsOf = (t, edits) => edits.map((edit) => actOf(t, edit)).join(", ");
