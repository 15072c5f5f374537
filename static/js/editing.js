/** The edits of the run that is shown: the same run without them beside it, undoing, and what changed. */
import {computed, effect, signal} from "@preact/signals";
import * as api from "./api.js";
import {fill} from "./chosen.js";
import {STREAM, changing} from "./downstream.js";
import {painted} from "./edited_mask.js";
import {written} from "./edits.js";
import {missingAt} from "./portions.js";
import {BEGUN, followed} from "./undoing.js";

const REST = 150; // milliseconds: several strokes in a row are one run
const SLICE = 16; // milliseconds at a time for comparing two runs' patterns

/**
 * @param {{state: any, trace: any, wanted: any, names: (trace: any) => string[], run: (options: any) => Promise<any>,
 *   bring: (trace: any, names: string[], signal?: AbortSignal, and?: {predictions: boolean}) => Promise<any>, told: (error: any) => string}} page
 * trace, wanted: signals, of the run and the name of the chosen attention; names: what a run is asked for at first; editable: whether
 * a model's weights can be edited
 */
export function createEditing({state, trace, wanted, names, run, bring, told, lang, editable}) {
  const before = signal(null); // the run without its edits
  const without = signal(false); // whether that one is shown for the time being
  const painting = signal(""); // what of the chosen attention is painted: the mask of its "head", of the "site", or ""
  const stroke = signal(null); // {site, head, word}: painted, and not run yet
  const weights = signal({}), put = signal(null); // {features, matrices} by model; edits with new entries that are not run yet
  const problem = signal(""), arrived = signal(0), line = signal(BEGUN);
  const edits = computed(() => trace.value?.request.edits ?? []); // a file has none
  const seen = computed(() => (without.value && before.value) || trace.value);
  let plain = null; // the last run without edits: {key, trace}
  const changes = signal({found: [], all: true}); // of patterns, and whether all heads that can be are compared
  const coming = new WeakSet(); // runs whose stream was asked for
  let asking = null, due, comparing;

  const keyOf = ({model, request}) => JSON.stringify([model, {...request, edits: []}]);

  effect(() => {
    const one = trace.value;
    if (!one || one.file) { before.value = null; return; }
    const {model, request: {text, target, written: ids}} = one;
    line.value = followed(line.peek(), JSON.stringify([model.id, text, target, ids]), written(edits.value));
    without.value = false;
    stroke.value = null;
    put.value = null;
    if (!edits.value.length) plain = {key: keyOf(one), trace: one};
    before.value = edits.value.length && plain?.key === keyOf(one) ? plain.trace : null;
    problem.value = "";
    if (edits.value.length && !before.peek()) ask(one);
    else asking?.abort();
  });

  async function ask(one) {
    asking?.abort();
    const mine = asking = new AbortController();
    try {
      const found = await bring({...one, request: {...one.request, edits: []}}, names(one), mine.signal, {predictions: true});
      if (mine.signal.aborted) return;
      plain = {key: keyOf(one), trace: found};
      before.value = found;
    } catch (error) {
      if (!mine.signal.aborted) problem.value = told(error);
    }
  }

  /** What the act of editing compares: the residual stream, and the patterns of the chosen attention. */
  effect(() => {
    const pair = [before.value, trace.value], site = wanted.value;
    if (state.act.value !== "edit" || !pair[0] || problem.value) return;
    for (const one of pair) {
      const stream = coming.has(one) || Object.keys(one.tensors).some((name) => name.endsWith(`.${STREAM}`)) ? [] : [`*.${STREAM}`];
      const lacking = [...stream, ...(one.site(site) ? missingAt(one, one.site(site)) : [])];
      if (stream.length) coming.add(one);
      if (lacking.length) fill(one, lacking, bring).then(() => { arrived.value++; }, (error) => { coming.delete(one); problem.value = told(error); });
    }
  });

  /** Where patterns changed most: of a short text at once, of a long one bit by bit, while the page goes on. */
  effect(() => {
    const pair = [before.value, trace.value], steps = state.act.value === "edit" && pair[0] && edits.value.length ? changing(...pair) : null;
    arrived.value;
    clearTimeout(comparing);
    changes.value = {found: [], all: steps === null};
    if (steps) compare(steps);
  });

  function compare(steps) {
    const begun = performance.now();
    let step;
    do step = steps.next(); while (!step.done && performance.now() - begun < SLICE);
    if (step.done || step.value.length !== changes.peek().found.length) changes.value = {found: step.value, all: step.done};
    if (!step.done) comparing = setTimeout(() => compare(steps));
  }

  /** The matrices of a model, once they can be edited. */
  effect(() => {
    const one = trace.value, id = one?.model.id;
    if (state.act.value !== "edit" || !one || one.file || !editable(id) || id in weights.peek()) return;
    api.weights(id, lang.peek()).then((found) => { weights.value = {...weights.peek(), [id]: found}; }, (error) => { problem.value = told(error); });
  });

  /** On the sentence that is shown, whatever is written in the boxes by now. */
  const make = (word) => { clearTimeout(due); return run({edits: word, keep: true, sentence: {text: state.text.value, target: state.target.value}}); };
  const apply = (list) => make(written(list));
  const go = (to) => {
    const word = line.value.words[line.value.at + to];
    if (word !== undefined) make(word);
  };
  /** The model runs once the hand rests. */
  function rested(list) {
    clearTimeout(due);
    due = setTimeout(async () => { if (!await apply(list())) put.value = null; }, REST);
  }
  function paint(site, head, word) {
    stroke.value = {site: site.name, head, word};
    rested(() => painted(edits.value, site, head, word));
  }
  function putEntries(list) {
    put.value = list;
    rested(() => list);
  }

  const shown = computed(() => ({
    painting: painting.value, stroke: stroke.value, put: put.value, weights: weights.value[trace.value?.model.id],
    edits: edits.value, before: before.value, after: trace.value, without: without.value, problem: problem.value, arrived: arrived.value, changes: changes.value,
    undoable: line.value.at > 0, redoable: line.value.at < line.value.words.length - 1,
  }));
  const on = {
    apply, paint, put: putEntries,
    painting: (what) => { painting.value = what; if (what) state.act.value = "edit"; },
    undo: () => go(-1), redo: () => go(1),
    without: (is) => { without.value = is; },
    again: () => { problem.value = ""; if (!before.value) ask(trace.value); },
  };
  return {shown, seen, on};
}
