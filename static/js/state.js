/**
 * The page's whole state, one signal a property, all of it in the URL, so that a link reproduces a picture.
 * The sentence stands in the fragment, which browsers do not send: it never reaches a server's log.
 */
import {batch, effect, signal} from "@preact/signals";
import {ACTS, PANELS} from "./acts.js";
import {WIDTHS} from "./beams.js";
import {THRESHOLDS} from "./lines.js";
import {VIEWS} from "./names.js";
import {ORDERS} from "./neuron.js";
import {TEMPERATURES, TOP_KS, TOP_PS} from "./sampling.js";
import {COLUMNS} from "./sides.js";
import {SINKS} from "./sink.js";
import {MEASURES} from "./values.js";

const text = {read: (s) => s, write: (s) => s};
const oneOf = (...words) => ({words, read: (s) => (words.includes(s) ? s : null), write: String});
const whole = {read: (s) => (/^\d+$/.test(s) ? Number(s) : null), write: String};

/** name -> how it is written, where, and what it is when the URL says nothing */
export const PROPS = {
  lang: {...oneOf("en", "zh"), in: "query", initial: ""},
  theme: {...oneOf("light", "dark"), in: "query", initial: ""},
  present: {...oneOf("on"), in: "query", initial: ""}, // large, for a class
  model: {...text, in: "query", initial: "decoder"},
  mask: {...text, in: "query", initial: "native"},
  checkpoint: {...whole, in: "query", initial: null}, // null: the finished model
  site: {...text, in: "query", initial: ""},
  head: {...whole, in: "query", initial: null},
  query: {...whole, in: "query", initial: null},
  key: {...whole, in: "query", initial: null},
  kind: {...text, in: "query", initial: ""}, // of head: which the grid is sifted by and the heatmap marks
  sort: {...oneOf("block", "score"), in: "query", initial: "block"},
  rows: {...oneOf("all", "read"), in: "query", initial: "all"}, // of the heatmap: all, or those up to the chosen query
  view: {...oneOf(...VIEWS), in: "query", initial: VIEWS[0]},
  // of the lines view
  threshold: {...oneOf(...THRESHOLDS.map(String)), in: "query", initial: "0.01"},
  heads: {...oneOf("chosen", "block"), in: "query", initial: "chosen"},
  hidden: {...text, in: "query", initial: ""}, // heads of the block, "1,3"
  direction: {...oneOf("columns", "rows"), in: "query", initial: ""}, // what suits the sentence
  as: {...oneOf("picture", "table"), in: "query", initial: "picture"}, // how matrices are shown
  sink: {...oneOf(...SINKS), in: "query", initial: SINKS[0]},
  order: {...oneOf(...ORDERS), in: "query", initial: ORDERS[0]}, // of the features and keys that add up to something
  measure: {...oneOf(...MEASURES), in: "query", initial: MEASURES[0]},
  feature: {...whole, in: "query", initial: null}, // null: the one that contributes most
  step: {...whole, in: "query", initial: null}, // of the step player; null: closed
  // of writing
  panel: {...oneOf(...PANELS), in: "query", initial: PANELS[0]},
  temperature: {...oneOf(...TEMPERATURES), in: "query", initial: ""}, // what suits the model
  top_k: {...oneOf(...TOP_KS), in: "query", initial: "0"},
  top_p: {...oneOf(...TOP_PS), in: "query", initial: "0.9"},
  seed: {...whole, in: "query", initial: null},
  beams: {...oneOf(...WIDTHS), in: "query", initial: "4"},
  penalty: {...oneOf("0", "0.6", "1"), in: "query", initial: "0"},
  over: {...oneOf("head", "block", "model"), in: "query", initial: "head"}, // whose attention is spread
  reads: {...oneOf(...COLUMNS), in: "query", initial: "right"}, // of filling in: what the heads are ranked by
  act: {...oneOf(...ACTS), in: "query", initial: ACTS[0]},
  part: {...text, in: "query", initial: ""}, // of the structure: "decoder.blocks.0.attn.W_q", "encoder/encoder.norm"
  families: {...oneOf("on"), in: "query", initial: ""},
  // of a comparison
  between: {...oneOf("A-B", "A-C", "B-C"), in: "query", initial: "A-B"}, // the panes whose difference is drawn
  differ: {...oneOf("place", "size"), in: "query", initial: ""}, // the grid shows the heads' differences, in their places or the largest first
  apart: {...text, in: "query", initial: ""}, // a cell of a pane that A has not: "B.7.3"
  vectors: {...oneOf("cosine", "ratio", "between"), in: "query", initial: "cosine"},
  // what the run depends on beside model, mask and checkpoint: as setup.js reads it; token ids are the visitor's text, too
  edits: {...text, in: "fragment", initial: ""},
  written: {read: (s) => (/^(\d+(\.\d+)*)?$/.test(s) ? s : null), write: String, in: "fragment", initial: null},
  beside: {...text, in: "fragment", initial: ""}, // the other panes of a comparison, as panes.js reads them
  text: {...text, in: "fragment", initial: ""},
  target: {...text, in: "fragment", initial: ""},
};

/** @param {{search: string, hash: string}} url */
export function read(url) {
  const parts = {query: new URLSearchParams(url.search), fragment: new URLSearchParams(url.hash.replace(/^#/, ""))};
  return Object.fromEntries(Object.entries(PROPS).map(([name, prop]) => {
    const written = parts[prop.in].get(name);
    return [name, (written === null ? null : prop.read(written)) ?? prop.initial];
  }));
}

/** -> "?model=...#text=...": what differs from the initial state */
export function write(values) {
  const parts = {query: new URLSearchParams(), fragment: new URLSearchParams()};
  for (const [name, prop] of Object.entries(PROPS)) {
    const value = values[name];
    if (value !== null && value !== prop.initial) parts[prop.in].set(name, prop.write(value));
  }
  const query = parts.query.toString(), fragment = parts.fragment.toString();
  return `${query && `?${query}`}${fragment && `#${fragment}`}`;
}

/** Signals for every property, kept equal to the URL of this window. */
export function createState(window) {
  const state = Object.fromEntries(Object.entries(read(window.location)).map(([name, v]) => [name, signal(v)]));
  const values = () => Object.fromEntries(Object.entries(state).map(([name, s]) => [name, s.value]));
  const address = (v) => window.location.pathname + write(v);
  const set = (changes) => batch(() => {
    for (const [name, value] of Object.entries(changes)) state[name].value = value;
  });
  let due;
  const flush = () => {
    clearTimeout(due);
    window.history.replaceState(null, "", address(values()));
  };
  effect(() => {
    values();
    clearTimeout(due);
    due = setTimeout(flush, 150); // browsers limit how often the address may change; a held arrow key is faster
  });
  return {
    ...state,
    set,
    /** Leave the present state behind as a step that "back" returns to. */
    leave: () => { flush(); window.history.pushState(null, "", address(values())); },
    onBack: (then) => window.addEventListener("popstate", () => { set(read(window.location)); then(); }),
  };
}
