/**
 * The page's whole state, one signal a property, all of it in the URL, so that a link reproduces a picture.
 * The sentence stands in the fragment, which browsers do not send: it never reaches a server's log.
 */
import {batch, effect, signal} from "@preact/signals";
import {VIEWS} from "./names.js";

const text = {read: (s) => s, write: (s) => s};
const oneOf = (...words) => ({words, read: (s) => (words.includes(s) ? s : null), write: String});
const whole = {read: (s) => (/^\d+$/.test(s) ? Number(s) : null), write: String};

/** name -> how it is written, where, and what it is when the URL says nothing */
export const PROPS = {
  lang: {...oneOf("en", "zh"), in: "query", initial: ""},
  theme: {...oneOf("light", "dark"), in: "query", initial: ""},
  model: {...text, in: "query", initial: "decoder"},
  mask: {...text, in: "query", initial: "native"},
  checkpoint: {...whole, in: "query", initial: null}, // null: the finished model
  site: {...text, in: "query", initial: ""},
  head: {...whole, in: "query", initial: null},
  query: {...whole, in: "query", initial: null},
  key: {...whole, in: "query", initial: null},
  view: {...oneOf(...VIEWS), in: "query", initial: VIEWS[0]},
  step: {...whole, in: "query", initial: null}, // of the step player; null: closed
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
