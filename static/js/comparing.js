/** The other panes of a comparison: each run as its word says, whenever that or A has changed; what was there stays until the next is here. */
import {computed, effect, signal, untracked} from "@preact/signals";
import {fill} from "./chosen.js";
import {placeIn, saying, setupOf, wordsOf} from "./panes.js";
import {comparedNames, missingAt, paneNames} from "./portions.js";
import {spelt} from "./series.js";
import {SETUP, bodyOf} from "./setup.js";

const KEPT = 12; // runs: a boundary is drawn back and forth

/**
 * @param {{state: any, trace: any, chosen: any, modelOf: (id: string) => any, told: (error: any) => string, leave: () => void, run: (options: any) => any, ask: (body: any, signal: AbortSignal) => Promise<any>,
 * bring: (trace: any, names: string[], signal: AbortSignal) => Promise<any>}} page trace, chosen: signals, of A
 */
export function createComparing({state, trace, chosen, modelOf, told, ask, bring, leave, run}) {
  const panes = signal([]); // {id, word, trace, refusal, running: AbortController|null}
  const asked = new Set(); // further tensors, once for each A: what is refused is not asked for again at once
  const known = new Map(); // the body of a request -> its trace
  const base = computed(() => (state.act.value === "compare" && trace.value && !trace.value.file ? trace.value : null));
  const put = (id, changes) => { panes.value = panes.value.map((pane) => (pane.id === id ? {...pane, ...changes} : pane)); };
  let made = 0; // panes so far

  effect(() => {
    const one = base.value, words = one ? wordsOf(state.beside.value) : [];
    state.lang.value; // what is refused is told anew in the other language
    untracked(() => follow(one, words));
  });
  effect(() => {
    const at = base.value && chosen.value;
    for (const pane of at ? panes.value : []) if (pane.trace) complete(pane, placeIn(pane.trace, pane.word, {...at, head: 0}).site);
  });

  /** The panes of these words, each with the run that it had: that of its word, else that of its place. */
  function follow(one, words) {
    const free = [...panes.peek()], place = new Map(free.map((pane, i) => [pane, i]));
    const taken = (test) => ((at) => (at < 0 ? null : free.splice(at, 1)[0]))(free.findIndex(test));
    const same = words.map((word) => taken((pane) => pane.word === word));
    const next = words.map((word, i) => ({...(same[i] ?? taken((pane) => place.get(pane) === i) ?? {id: made++, trace: null, refusal: "", running: null}), word}));
    free.forEach(({running}) => running?.abort());
    panes.value = next;
    asked.clear();
    if (!one) return;
    further(one);
    next.forEach((pane) => show(one, pane));
  }

  async function show(one, {id, word, running: former}) {
    former?.abort();
    const own = Object.fromEntries(SETUP.map((name) => [name, state[name].peek()])), setup = setupOf(own, word), model = modelOf(setup.model);
    const body = {...bodyOf(setup, model), ...sameTarget(one, own, setup)}, key = JSON.stringify(body);
    if (known.has(key)) {
      put(id, {trace: known.get(key), refusal: "", running: null});
      return;
    }
    const running = new AbortController();
    put(id, {running});
    try {
      const found = await ask({...body, names: paneNames(model, setup.text)}, running.signal);
      if (running.signal.aborted) return;
      keep(key, found);
      put(id, {trace: found, refusal: "", running: null});
    } catch (error) {
      if (!running.signal.aborted) put(id, {refusal: told(error), running: null});
    }
  }

  /** Where A's target was written by the model, another run of the same sentence by the same model reads that, so that the same tokens are compared. */
  function sameTarget(one, own, setup) {
    const same = setup.model === own.model && setup.text === own.text && setup.target === own.target;
    return same && one.model.kind === "encoder-decoder" && !setup.target && setup.written === null ? {target: spelt(one.tokens.target)} : {};
  }

  function keep(key, found) {
    known.set(key, found);
    if (known.size > KEPT) known.delete(known.keys().next().value);
  }

  /** What a comparison reads of A and the page does not. */
  async function further(one) {
    const names = comparedNames(modelOf(one.model.id), one.request.text)
      .filter((glob) => !Object.keys(one.tensors).some((name) => name.endsWith(glob.replace("*", ""))));
    if (names.length) await filled(one, names);
  }

  const complete = ({trace: found}, site) => filled(found, missingAt(found, site));

  async function filled(found, names) {
    const key = `${found.model.id} ${JSON.stringify(found.request)} ${names}`;
    if (!names.length || asked.has(key)) return;
    asked.add(key);
    try {
      await fill(found, names, bring, undefined);
      panes.value = [...panes.peek()]; // drawn anew with what has come
    } catch (error) {
      panes.value = panes.peek().map((pane) => ({...pane, refusal: told(error)}));
    }
  }

  const on = {
    /** Panes in place of those there are; base: what becomes of the page's own run */
    compare: ({words, base}) => {
      leave();
      state.set({beside: words.join("|"), apart: "", ...base});
      if (base) run({step: false, keep: true});
    },
    pane: (i, changes, begun = true) => {
      if (begun) leave();
      state.set({beside: wordsOf(state.beside.value).map((word, at) => (at === i ? saying(word, changes) : word)).join("|")});
    },
    removePane: (i) => {
      leave();
      state.set({beside: wordsOf(state.beside.value).filter((_, at) => at !== i).join("|"), apart: ""});
    },
  };

  const compared = computed(() => ({between: state.between.value, differ: state.differ.value, apart: state.apart.value, vectors: state.vectors.value}));

  return {panes, compared, on};
}
