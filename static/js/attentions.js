/**
 * Attention weights from a visitor's own file, as a trace that knows nothing else: no scores, queries, keys or values.
 * What stands in the file is what is shown; only the kinds of head are worked out, as for every trace.
 */
import {BadFile} from "./bad_file.js";
import {widened} from "./halves.js";
import {chanceOf, scoresOf} from "./head_scores.js";
import {visible} from "./masks.js";
import {notWeights} from "./number_types.js";

const SPECIAL = /^(\[(CLS|SEP|PAD|MASK|UNK|BOS|EOS)\]|<[^<>\s]+>)$/;
const NEARLY = {F64: 1e-3, F32: 1e-3, F16: 0.02, BF16: 0.05}; // of 1: how far a row's sum may be off by rounding alone
const KEPT = 16; // patterns of two-byte numbers that are kept widened: all of a long text's would be gigabytes

export class Attentions {
  /**
   * @param {{name: string, zipped: boolean, entry: string, batched: boolean}} file zipped: npz, else safetensors; entry: the array's name in it;
   * batched: whether that has a batch of 1
   * @param {{data: any, dtype: string, shape: number[]}} weights shape: [layer, head, query, key]
   * @param {{query: string[], key: string[]}} tokens
   */
  constructor(file, weights, tokens) {
    const {shape: [layers, heads, nQuery, nKey], dtype} = weights, self = tokens.query === tokens.key;
    this.file = file;
    this.weights = weights;
    this.widened = new Map();
    this.size = {layers, heads, nQuery, nKey};
    this.model = {id: file.name.replace(/\.[^.]*$/, ""), kind: "file"};
    this.request = {};
    this.predictions = [];
    this.links = [];
    const ids = new Map();
    const listed = (texts) => texts.map((text) => {
      if (!ids.has(text)) ids.set(text, ids.size);
      return {id: ids.get(text), text, start: SPECIAL.test(text) ? null : 0, part: null};
    });
    this.tokens = self ? {source: listed(tokens.query)} : {target: listed(tokens.query), source: listed(tokens.key)};
    const found = lookedThrough(this, NEARLY[dtype]);
    this.mask = self && nQuery > 1 && !found.above ? "causal" : "bidirectional";
    this.sums = {rows: layers * heads * nQuery, off: found.off}; // rows that add up to neither 1 nor 0
    this.sites = Array.from({length: layers}, (_, layer) => ({name: `blocks.${layer}.${self ? "attn" : "cross_attn"}`, layer,
      n_heads: heads, query: self ? "source" : "target", key: "source", mask: this.mask}));
    this.tensors = {};
    for (const site of this.sites) {
      this.tensors[`${site.name}.head_scores`] = {data: scoresOf(this, site)};
      this.tensors[`${site.name}.head_chance`] = {data: chanceOf(this, site)};
    }
  }

  get views() { return ["weights", "lines"]; }

  get saves() { return ["png", "svg", "csv", "python"]; }

  get predicted() { return "target" in this.tokens ? "target" : "source"; }

  site(name) { return this.sites.find((site) => site.name === name); }

  along(site, axis) { return this.tokens[site[axis]]; }

  head(site, index) {
    const {nQuery, nKey} = this.size;
    return {site, index, nQuery, nKey, visible: visible(site.mask)};
  }

  /** -> [query * key] */
  pattern(site, index) { return this.matrix(site.layer * this.size.heads + index); }

  /** @param {number} i counted through the heads of all layers */
  matrix(i) {
    const {data, dtype} = this.weights, n = this.size.nQuery * this.size.nKey;
    if (dtype !== "F16" && dtype !== "BF16") return data.subarray(i * n, (i + 1) * n);
    if (!this.widened.has(i)) {
      if (this.widened.size >= KEPT) this.widened.delete(this.widened.keys().next().value);
      this.widened.set(i, widened(data.subarray(i * n, (i + 1) * n), dtype));
    }
    return this.widened.get(i);
  }

  row(site, index, query) {
    const {nKey} = this.size;
    return this.pattern(site, index).subarray(query * nKey, (query + 1) * nKey);
  }
}

/**
 * What a file holds, looked through. Throws BadFile.
 * @param {{tensors: Record<string, {shape: number[], dtype: string, data: any}>, metadata: Record<string, any>}} held
 * @param {{name: string, zipped: boolean}} file
 */
export function attentionsIn({tensors, metadata}, file) {
  const {entry, shape: given, dtype, data} = weightsIn(tensors), batched = given.length === 5;
  const shape = batched ? [given[0], ...given.slice(2)] : given;
  const tokens = tokensIn(metadata, shape[2], shape[3]);
  return new Attentions({...file, entry, batched}, {data, dtype, shape}, tokens);
}

/** The array called "attentions", or the only one that could be it. */
function weightsIn(tensors) {
  const all = Object.entries(tensors), could = all.filter(([, {shape}]) => shape.length === 4 || shape.length === 5);
  const found = all.find(([name]) => name === "attentions") ?? (could.length === 1 ? could[0] : null);
  const listed = all.map(([name, {shape}]) => `${name} [${shape.join(", ")}]`).join("; ") || "–";
  if (!found) {
    throw new BadFile((t) => t("No attentions are found in the file: it needs an array “attentions” with the axes [layer, head, query, key]. It holds: {listed}.", {listed}));
  }
  const [entry, held] = found, {shape, dtype} = held;
  if (shape.length !== 4 && !(shape.length === 5 && shape[1] === 1)) {
    throw new BadFile((t) => t("“{entry}” has the shape [{shape}]; needed are four axes, [layer, head, query, key], of one sentence.", {entry, shape: shape.join(", ")}));
  }
  if (shape.some((n) => n === 0)) throw new BadFile((t) => t("“{entry}” is empty: its shape is [{shape}].", {entry, shape: shape.join(", ")}));
  if (!(dtype in NEARLY)) throw notWeights(entry, dtype);
  return {entry, shape, dtype, data: held.data};
}

/** "tokens" for both axes, or "query_tokens" and "key_tokens"; as many as the weights have rows and columns. */
function tokensIn({tokens, query_tokens: query = tokens, key_tokens: key = tokens}, nQuery, nKey) {
  for (const [axis, texts, n] of [["query", query, nQuery], ["key", key, nKey]]) {
    if (!Array.isArray(texts) || !texts.every((text) => typeof text === "string")) {
      throw new BadFile((t) => t("The tokens are missing: the file needs a list of texts “tokens” (or “query_tokens” and “key_tokens”), in safetensors as JSON in its metadata."));
    }
    if (texts.length !== n) {
      throw new BadFile((t) => (axis === "query"
        ? t("There are {tokens} tokens for {n} queries: each needs one.", {tokens: texts.length, n})
        : t("There are {tokens} tokens for {n} keys: each needs one.", {tokens: texts.length, n})));
    }
  }
  return {query, key};
}

/**
 * What the numbers say of themselves: whether any above the diagonal is not 0, how many rows add up to neither 1 nor 0.
 * Throws BadFile for scores, logits, gradients: what is no weight.
 */
function lookedThrough(trace, nearly) {
  const {layers, heads, nQuery, nKey} = trace.size;
  let above = false, off = 0;
  for (let i = 0; i < layers * heads; i++) {
    const pattern = trace.matrix(i);
    for (let query = 0; query < nQuery; query++) {
      let sum = 0;
      for (let key = 0; key < nKey; key++) {
        const weight = pattern[query * nKey + key];
        if (!(weight >= 0 && weight <= 1 + nearly)) throw noWeight({layer: Math.floor(i / heads), head: i % heads, query, key, weight: String(weight)});
        if (weight && key > query) above = true;
        sum += weight;
      }
      if (sum !== 0 && Math.abs(sum - 1) > nearly) off++;
    }
  }
  return {above, off};
}

const noWeight = (place) => new BadFile((t) => t("Not attention weights: block {layer}, head {head}, query {query}, key {key} has {weight}, and weights lie between 0 and 1.", place));
