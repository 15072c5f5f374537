/**
 * What is asked of a run at first: all that the page works with, or, where that would be much, what the head grid needs.
 * The queries, keys and values of a head then come when it is chosen, and those of its whole attention when a view draws
 * several heads of it, or once a second head of it was chosen.
 */
import {ORDER} from "./kinds.js";
import {sizesOf} from "./matrices.js";

const ATTENTION = ["q", "k", "v", "z", "log_denominator"];
const HEADS = ["head_scores", "head_chance", "head_out_norm", "head_out_share"];
/** The globs of all that the page works with. */
export const WHOLE = globs(...ATTENTION, ...HEADS);

const THUMBNAIL = 64; // the most rows and columns of one
const MUCH = 16 * 2 ** 20; // bytes
const MANY = 2 ** 23; // weights of all heads together: more than a browser works out for small pictures at once

/** The globs of a first request. A text has no more tokens than bytes, special ones aside; how many it has only the server knows. */
export function firstNames({kind, n_layers, n_heads, n_ctx, d_model, captures, relative_bias = false}, text) {
  if (captures === "pattern") return globs("pattern", "thumbnails", ...HEADS.slice(0, 2));
  const n = mostTokens(n_ctx, text), sites = n_layers * (kind === "encoder-decoder" ? 3 : 1);
  const vectors = 4 * n * d_model * Float32Array.BYTES_PER_ELEMENT; // q, k, v and z of one attention
  return sites * vectors > MUCH || sites * n_heads * n * n > MANY ? globs("thumbnails", ...HEADS) : [...WHOLE, ...(relative_bias ? globs("relative_bias") : [])];
}

/**
 * Of a long run without what a grid can be drawn without: kinds and lengths take a server longer than all the rest. They come
 * afterwards, an attention at a time.
 */
export function drawnNames(model, text) {
  const names = firstNames(model, text), late = globs(...HEADS);
  return names.includes("*.thumbnails") ? names.filter((glob) => !late.includes(glob)) : names;
}

/**
 * Of a run that came without its vectors what a file of it is opened with; null where a file has all of it. z is what the weights make of
 * the values, and is left out where it would be too much, but where a head was edited to say something else.
 * @param {number} most bytes that the server sends at once
 */
export function reopened(trace, most) {
  const {tensors, sites, alone, request} = trace;
  if (alone || !sites.some(({name}) => `${name}.thumbnails` in tensors)) return null;
  const edited = sites.filter(({name}) => (request.edits ?? []).some((edit) => Object.values(edit).includes(name))).map(({name}) => `${name}.z`);
  const z = sites.reduce((sum, site) => sum + bytesOf(trace, site), 0) <= most;
  return [...globs("q", "k", "v", "log_denominator", "thumbnails", ...HEADS), ...(z ? globs("z") : edited), ...(sites.some((site) => site.relative_bias) ? globs("relative_bias") : [])];
}

/** Of all that a file is opened with, the bytes of one attention. */
export function bytesOf(trace, site) {
  const {d_head, nKeyHeads} = sizesOf(trace, site), {n_heads} = site, [queries, keys] = ["query", "key"].map((axis) => trace.tokens[site[axis]].length);
  const vectors = 2 * n_heads * queries * d_head + 2 * nKeyHeads * keys * d_head; // q and z, k and v
  const rows = 3 * n_heads * queries + 2 * n_heads * ORDER.length + (site.relative_bias ? n_heads * (queries + keys - 1) : 0);
  return Float32Array.BYTES_PER_ELEMENT * (vectors + rows) + n_heads * Math.min(THUMBNAIL, queries) * Math.min(THUMBNAIL, keys);
}

/** What is still to come of an attention. */
export const lateAt = (trace, site) => (trace.file ? [] : (site.captures === "pattern" ? HEADS.slice(0, 2) : HEADS)
  .map((name) => `${site.name}.${name}`).filter((name) => !(name in trace.tensors)));

/** What a comparison needs besides: the stream as it enters and leaves the blocks, and the whole predictions, each where it is not too much. */
export function comparedNames({n_layers, n_ctx, d_model, n_vocab, predicts = true, captures}, text) {
  const n = mostTokens(n_ctx, text) * Float32Array.BYTES_PER_ELEMENT;
  if (captures === "pattern") return [];
  return [...(n * d_model * (n_layers + 1) > MUCH ? [] : ["*.blocks.0.resid_pre", "*.resid_post"]), ...(!predicts || n * n_vocab > MUCH ? [] : ["logits"])];
}

/** The globs of the first request of a pane beside the page's own run: kinds, lengths and pictures of its heads are drawn nowhere. */
export function paneNames(model, text) {
  const grid = globs("thumbnails", ...HEADS);
  return [...firstNames(model, text).filter((glob) => !grid.includes(glob)), ...comparedNames(model, text)];
}

const mostTokens = (n_ctx, text) => Math.min(n_ctx, new TextEncoder().encode(text).length + 2);

function globs(...names) { return names.map((name) => `*.${name}`); }

/** Whether the page draws one head of the chosen attention and no other. */
export const oneHead = ({act, step, view, heads, edits}) => (
  act.value === "look" && step.value === null && !edits.value && !(view.value === "lines" && heads.value === "block"));

/** The tensors of an attention that are not here yet, or of one of its heads; a file has all that it will have. */
export const missingAt = (trace, site, head = null) => (trace.file || (head !== null && trace.part?.(site, head)) ? [] : missingOf(trace, site));

/** Those that an attention lacks, wherever it comes from. */
export const missingOf = (trace, site) => (
  (site.captures === "pattern" ? ["pattern"] : [...ATTENTION, ...(site.relative_bias ? ["relative_bias"] : [])]).map((name) => `${site.name}.${name}`).filter((name) => !(name in trace.tensors)));
