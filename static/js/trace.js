/** A trace as the server sends it: tensors by name, the tokens they run over, the attentions they belong to. */
import {headOf, pattern, patternRow} from "./attention.js";
import {maskOf, visible} from "./masks.js";
import {VIEWS} from "./names.js";
import {missingAt} from "./portions.js";
import {decode} from "./safetensors.js";

export class Trace {
  /** @param {ArrayBuffer} buffer */
  constructor(buffer) {
    const {metadata, tensors} = decode(buffer);
    this.tensors = tensors;
    this.bytes = buffer.byteLength;
    Object.assign(this, metadata); // tokens, sites, model, request, predictions, device
    this.heads = new Map();
    this.patterns = new Map();
    this.parts = new Map(); // of heads that came by themselves: their own rows of the tensors of their attention
  }

  /** What came of this head by itself, by the names of the whole. -> undefined where nothing did */
  part({name}, index) { return this.parts.get(`${name}/${index}`); }

  put({name}, index, tensors) { this.parts.set(`${name}/${index}`, tensors); }

  /** How many heads of an attention came by themselves. */
  partsOf({name}) { return Array.from(this.parts.keys()).filter((at) => at.startsWith(`${name}/`)).length; }

  /** Whether its model hands out attention weights and nothing that they are made of. */
  get alone() { return this.sites.some((site) => site.captures === "pattern"); }

  get views() { return this.alone ? ["weights", "lines"] : VIEWS; }

  get saves() { return ["link", "png", "svg", "html", "csv", "safetensors", "python"]; }

  site(name) { return this.sites.find((site) => site.name === name); }

  /** Whose tokens the predictions stand at: the target where there is one. */
  get predicted() { return "target" in this.tokens ? "target" : "source"; }

  /** The tokens along one axis of a site: "query" or "key". */
  along(site, axis) { return this.tokens[site[axis]]; }

  /** A head; of one whose tensors are not here yet, as of one whose weights alone are known, what it sees. */
  head(site, index) {
    if (site.captures !== "pattern" && missingAt(this, site, index).length) return this.seen(site, index);
    return remembered(this.heads, `${site.name}/${index}`, () => (site.captures === "pattern" ? this.seen(site, index) : headOf(this, site, index)));
  }

  /** The pattern of a head, made once, as exact as a picture needs. -> Float32Array [query * key] */
  pattern(site, index) {
    return remembered(this.patterns, `${site.name}/${index}`, () => (site.captures === "pattern" ? this.stored(site, index) : pattern(this.head(site, index))));
  }

  /** The weights of one query with all their digits. -> Float64Array [key] */
  row(site, index, query) {
    if (site.captures !== "pattern") return patternRow(this.head(site, index), query);
    const nKey = this.along(site, "key").length;
    return Float64Array.from(this.stored(site, index).subarray(query * nKey, (query + 1) * nKey));
  }

  /** A head of which the weights alone are known. */
  seen(site, index) {
    const [nQuery, nKey] = ["query", "key"].map((axis) => this.along(site, axis).length);
    return {site, index, nQuery, nKey, visible: visible(maskOf(site, index))};
  }

  /** -> Float32Array [query * key] */
  stored(site, index) {
    const {shape: [, nQuery, nKey], data} = this.tensors[`${site.name}.pattern`];
    return data.subarray(index * nQuery * nKey, (index + 1) * nQuery * nKey);
  }
}

function remembered(map, at, make) {
  if (!map.has(at)) map.set(at, make());
  return map.get(at);
}
