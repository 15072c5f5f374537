/** One view in one of its states, with a small state of its own, so that it can be operated by itself. */
import {html} from "htm/preact";
import {useState} from "preact/hooks";
import {fitted} from "../selection.js";
import {RUNS, told} from "./runs.js";

/**
 * @param {any} props given: what the page has for all; title: which state; run: whose trace it is drawn from;
 * View: draws it, from all that is given, the trace and its own props
 */
export function Specimen({given, title, run = "repeated", wide = false, View, ...own}) {
  const {t} = given, {trace, problem} = given.runs[run].value;
  return html`
    <figure class="specimen ${wide ? "wide" : ""}">
      <figcaption>${title}</figcaption>
      <div class="view">
        ${trace ? html`<${View} ...${given} ...${own} trace=${trace} first=${RUNS[run].chosen} name=${title} />`
          : problem ? html`<p class="refusal" role="alert">${told(t, problem)} <button type="button" class="quiet" onClick=${() => given.again(run)}>${t("Try again")}</button></p>`
            : html`<p class="waiting">${t("Loading…")}</p>`}
      </div>
    </figure>`;
}

/** The chosen head and cell of a specimen, and what views call to change them. */
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
