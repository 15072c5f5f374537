/** A trace as the server sends it: tensors by name, the tokens they run over, the attentions they belong to. */
import {headOf, pattern, patternRow} from "./attention.js";
import {VIEWS} from "./names.js";
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
  }

  get views() { return VIEWS; }

  get saves() { return ["link", "png", "svg", "html", "csv", "safetensors", "python"]; }

  site(name) { return this.sites.find((site) => site.name === name); }

  /** Whose tokens the predictions stand at: the target where there is one. */
  get predicted() { return "target" in this.tokens ? "target" : "source"; }

  /** The tokens along one axis of a site: "query" or "key". */
  along(site, axis) { return this.tokens[site[axis]]; }

  head(site, index) {
    return remembered(this.heads, `${site.name}/${index}`, () => headOf(this, site, index));
  }

  /** The pattern of a head, made once, as exact as a picture needs. -> Float32Array [query * key] */
  pattern(site, index) {
    return remembered(this.patterns, `${site.name}/${index}`, () => pattern(this.head(site, index)));
  }

  /** The weights of one query with all their digits. -> Float64Array [key] */
  row(site, index, query) { return patternRow(this.head(site, index), query); }
}

function remembered(map, at, make) {
  if (!map.has(at)) map.set(at, make());
  return map.get(at);
}
