/** What the step player says of a score on its way to a weight, by what this model does to it. Null: what it says of all models. */

/** @param {any} given as stage_words.js has it; {scale, byRoot, softcap, sinks, reach, nKeyHeads, key_head, head, n_heads} */
export function scoreMeaning(t, kind, given) {
  const {scale, byRoot = true, softcap, sinks, reach = null, hidden, nKeyHeads, n_heads} = given;
  if (kind === "scores" && nKeyHeads < n_heads) {
    return t("Each query meets each key: their features are multiplied one by one and added up. This model has {n_heads} query heads and only {nKeyHeads} key heads, so several read the same keys and values: query head {head} reads key head {key_head}.", given);
  }
  if (kind === "scale" && !byRoot) {
    return scale === "1" ? t("Most models divide these sums by the root of {d_head}. Here the scale is 1, and they stay as they are: what keeps them small is in the queries and keys already.", given)
      : t("Most models divide these sums by the root of {d_head}. This one multiplies them by a number of its own, {scale}.", given);
  }
  if (kind === "cap") {
    return t("This model caps its scores softly: c · tanh(score / c), where c is {softcap}. A small score stays nearly what it was; no score gets beyond {softcap} or below −{softcap}.", {softcap});
  }
  if (kind === "bias") {
    return t("The model adds a number that it has learned for how far the key stands from the query. Each head has its own, the same for every sentence: so a near key can count for more than a far one.");
  }
  if (kind === "mask" && hidden && reach !== null) {
    return t("The mask takes {hidden} of {pairs} pairs out: their score becomes −∞, so that their weight will be exactly 0. This one is a sliding window: of the keys that a query could see, only those fewer than {reach} places away are left.", given);
  }
  if (kind === "softmax" && sinks) {
    return t("e to the power of each score, divided by the sum of its row. That sum has one term more than there are keys: the sink, a score that each head has learned and that no value belongs to. So a row adds up to less than 1; what is missing is attention that goes to no token.");
  }
  return null;
}
