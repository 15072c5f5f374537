/** What a figure that stands by itself has chosen: its head, its cell, and what of the view is changed. */
import {useState} from "preact/hooks";
import {fitted} from "./selection.js";

/** The chosen head and cell, and what views call to change them. */
export function useChosen(trace, first) {
  const [chosen, choose] = useState(() => fitted(trace, first)), [hovered, hover] = useState(null);
  const set = (changes) => { hover(null); choose((now) => ({...now, ...changes})); };
  const {site, head, query, key} = chosen;
  return {
    site, head, query, key, cell: hovered ?? {query, key},
    on: {
      hover, pick: set, query: (query) => set({query}), key: (key) => set({key}),
      head: (name, head) => set(fitted(trace, {...chosen, site: name, head})), painted: () => {},
    },
  };
}

/** Several properties that change together. -> [values, set(changes)] */
export function useShown(initial) {
  const [shown, show] = useState(initial);
  return [shown, (changes) => show((now) => ({...now, ...changes}))];
}
