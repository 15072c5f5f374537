/**
 * The panes of a comparison. A is what the page shows; another pane is what it says differently, as one word of the address:
 * "mask=bidirectional", "model=encoder&mask=native&site=encoder.blocks.1.attn&head=2".
 */
import {aligned} from "./alignment.js";
import {withSentence, differently} from "./setup.js";

export const LETTERS = ["A", "B", "C"];

/** The state's property -> the words of the panes besides A. URLSearchParams never leaves a | in a word. */
export const wordsOf = (beside) => beside.split("|").filter(Boolean).slice(0, LETTERS.length - 1);

/** A word with other properties; null takes one out. */
export function saying(word, changes) {
  const params = new URLSearchParams(word);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) params.delete(name);
    else params.set(name, value);
  }
  return params.toString();
}

export const said = (word) => Object.fromEntries(new URLSearchParams(word));

/**
 * What a pane runs. What A says of its own tokens or its own weights is not said of another sentence or another model.
 * @param {any} base the setup of A
 */
export function setupOf(base, word) {
  const own = said(word), other = own.model !== undefined && own.model !== base.model;
  const kept = other ? {...base, target: "", checkpoint: null, edits: "", written: null, mask: base.mask.startsWith("painted") ? "native" : base.mask} : base;
  const {text, target} = differently(kept, word);
  return differently(withSentence(kept, {text, target}), word);
}

/**
 * Where a pane's head stands: what its word says; else the same place; else an attention of the same kind (self or cross) whose tokens
 * align most with these, in the nearest block.
 */
export function placeIn(trace, word, {trace: base, site, head}) {
  const own = said(word), at = trace.site(own.site) ?? trace.site(site.name) ?? likest(trace, base, site);
  const index = /^\d+$/.test(own.head) ? Number(own.head) : head;
  return {site: at, head: Math.min(index, at.n_heads - 1)};
}

function likest(trace, base, site) {
  const [queries, keys] = ["query", "key"].map((axis) => base.along(site, axis));
  const fit = (one) => [
    (one.query === one.key) === (site.query === site.key) ? 1 : 0,
    aligned(queries, trace.along(one, "query")).pairs.length + aligned(keys, trace.along(one, "key")).pairs.length,
    -Math.abs(one.layer - site.layer),
  ];
  return trace.sites.map((one) => ({one, fit: fit(one)})).sort((a, b) => compared(b.fit, a.fit))[0].one;
}

const compared = (a, b) => a.map((x, i) => x - b[i]).find((x) => x !== 0) ?? 0;
