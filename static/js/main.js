/** Wires the page: state, server, views. The only module that knows all three. */
import {computed, effect, signal, useSignalEffect} from "@preact/signals";
import {html} from "htm/preact";
import {render} from "preact";
import {useEffect} from "preact/hooks";
import * as api from "./api.js";
import {BadFile} from "./bad_file.js";
import {createAsides, neededOf} from "./asides.js";
import {createChosen} from "./chosen.js";
import {createComparing} from "./comparing.js";
import {createCurves} from "./curves.js";
import {createDrawing} from "./drawing.js";
import {createDropping} from "./dropping.js";
import {createEditing} from "./editing.js";
import {createFilling} from "./filling.js";
import {ALL} from "./format.js";
import {createImportance} from "./importance.js";
import {createLeading} from "./leading.js";
import {translator} from "./locale.js";
import {createModelList} from "./model_list.js";
import {createOpening} from "./opening.js";
import {createPainter} from "./painter.js";
import {BLANK} from "./painting.js";
import {createPlayback} from "./playback.js";
import {drawnNames, missingAt, oneHead} from "./portions.js";
import {createSaving} from "./saving.js";
import {fitted, inSight} from "./selection.js";
import {createSearching} from "./searching.js";
import {withoutCells} from "./setup.js";
import {createShowing} from "./showing.js";
import {createState} from "./state.js";
import {createStepping} from "./stepping.js";
import {createStructures} from "./structures.js";
import {createSurroundings} from "./surroundings.js";
import {createTouring} from "./touring.js";
import {undoing} from "./undoing.js";
import {createVocabularies} from "./vocabularies.js";
import {from, createWriting} from "./writing.js";
import {Workbench} from "./views/workbench.js";

const page = JSON.parse(document.getElementById("page").textContent);
const state = createState(window);
if (!state.lang.value) state.lang.value = page.lang;

const words = translator(page.catalog);
const t = computed(() => words(state.lang.value));
const surroundings = createSurroundings(window), leading = createLeading(window);
const theme = computed(() => state.theme.value || (surroundings.dark.value ? "dark" : "light"));

const shows = computed(() => ({as: state.as.value, sink: state.sink.value, order: state.order.value, measure: state.measure.value, feature: state.feature.value, reads: state.reads.value}));
const lines = computed(() => (
  {threshold: state.threshold.value, asked: state.heads.value, heads: chosen.value?.head === null ? state.heads.value : "chosen", hidden: state.hidden.value, direction: state.direction.value}));

const {models, others, load: loadModels} = createModelList({ask: () => api.models(state.lang.value), later: setTimeout});
const draft = signal({text: state.text.value, target: state.target.value});
const unfolded = signal((surroundings.tall.value && state.act.value === "look" && state.step.value === null) || (!surroundings.bounded.value && state.checkpoint.value !== null));
const hovered = signal(null);
const touring = createTouring({document, bounded: surroundings.bounded}), {tour} = touring;
const digits = signal(4);
const {plotly, load: loadPlotly} = createDrawing(window), {curves, load: loadCurve} = createCurves({lang: state.lang, told});

const modelOf = (id) => models.value.find((m) => m.id === id) ?? {checkpoints: []};
const showing = createShowing({state, draft, modelOf, told, onSentence: () => { pause(); hovered.value = null; }, refresh: () => loadModels().catch(told)});
const {refusal, running, reading, leave, moveTo} = showing;
const editing = createEditing({state, trace: showing.trace, wanted: state.site, names: (one) => drawnNames(modelOf(one.model.id), one.request.text),
  run: (options) => run(options), bring: showing.bring, told, lang: state.lang, editable: (id) => modelOf(id).editable});
const trace = editing.seen;
const filling = createFilling({state, trace, run: (options) => run(options), leave, bring: showing.bring, told});
const importance = createImportance({state, told});
const vocabularies = createVocabularies({lang: state.lang, told});
const training = createPlayback(), walking = createPlayback(); // from checkpoint to checkpoint; from query to query
const stepping = createStepping({state, trace, told, bring: showing.bring});
const {chosen, waiting} = createChosen({trace, bring: showing.bring, wanted: computed(() => stepping.stage.value?.site ?? state.site.value),
  head: computed(() => (oneHead(state) ? state.head.value ?? 0 : null)), failed: (error, {site, head}) => { refusal.value = told(error); state.set({site: site.name, ...(head !== null && {head, heads: "chosen"})}); }});
const writing = createWriting({state, showing, told, before: pause});
const searching = createSearching({state, trace, told, from});
const asides = createAsides({trace, bring: showing.bring, told, names: computed(() => (state.act.value === "write" && trace.value ? neededOf(trace.value, state.panel.value) : []))});
const saving = createSaving({window, state, trace, t, shows, lines, shown, most: page.limits.response, loadPlotly, told, stage: () => stepping.shown.value.stage});
const opening = createOpening({examples: page.examples, state, draft, models, others, modelOf, refusal, run, t});
const painter = createPainter({state, draft, trace, modelOf, run, stop: () => { stop(); showing.stop(); }});
const comparing = createComparing({state, trace, chosen, modelOf, told, ask: showing.ask, bring: showing.bring, leave, run});
const structures = createStructures({state, trace, models, told, open: computed(() => state.act.value === "structure"), read: (path) => api.json(path, state.lang.value), ask: showing.ask, bring: showing.bring});
const attention = computed(() => chosen.value?.site.name);
effect(() => { attention.value; hovered.value = null; }); // another attention may have fewer queries and keys

/** What plays on the shown run. */
function pause() {
  training.stop();
  walking.stop();
  stepping.pause();
}

function stop() {
  pause();
  writing.stop();
  searching.stop();
}

function run(options) {
  painter.rest();
  stop();
  return showing.run(options);
}

function playTraining() {
  const {checkpoints} = modelOf(state.model.value);
  leave();
  return training.start({from: 1 + checkpoints.indexOf(state.checkpoint.value), count: checkpoints.length, show: (i) => moveTo(checkpoints[i])});
}

/** From the chosen query to the last, or from the first where that is the last. */
function walk() {
  const {site, head, query} = shown(), {nQuery} = trace.value.head(site, head);
  state.rows.value = "read";
  return walking.start({from: query === nQuery - 1 ? 0 : query, count: nQuery, show: async (at) => { choose({query: at}); return true; }});
}
const choose = (cell) => state.set({...(state.present.value ? inSight(trace.value, shown(), cell) : cell), apart: ""});

function told(error) {
  if (error instanceof BadFile) return error.say(t.value);
  if (!(error instanceof api.Refusal)) {
    reportError(error);
    return t.value("The answer could not be read. Your text and the last figure stay; try again in a moment.");
  }
  return error.offline
    ? t.value("The server cannot be reached. Your text and the last figure stay; try again in a moment.")
    : error.message;
}

/** A pointer stays where it is, whatever has the focus. */
function closeSteps(event) {
  stepping.on.close();
  leading.back({preventScroll: event?.detail > 0});
}

const FIGURES = ".figures";

const on = {
  run: async () => {
    if (await run()) leading.show(FIGURES, {takes: true}); // so that a phone puts its keys away
  },
  open: async (file) => { stop(); if (await showing.open(file)) leading.show(FIGURES); },
  close: () => run({keep: false}),
  text: (text) => { draft.value = {...draft.value, text}; },
  target: (target) => { draft.value = {...draft.value, target}; },
  model: (model) => {
    const untouched = page.examples.some((x) => x.text === draft.value.text), first = untouched ? opening.example(model) : null;
    draft.value = {text: first?.text ?? draft.value.text, target: first?.target ?? ""};
    leave();
    state.set({model, rows: "all", step: state.step.value && 0, site: "", head: null, query: null, key: null, checkpoint: null, edits: "", written: null, mask: modelOf(model).kind === "encoder-decoder" || modelOf(model).captures === "pattern" ? "native" : withoutCells(state.mask.value)});
    run({step: false, cell: first});
  },
  mask: (mask, begun = true) => {
    if (begun) leave();
    if (mask === BLANK) stepping.on.close(); // the painter stands beside the heads
    state.mask.value = mask === BLANK ? painter.begun() : mask;
    run({step: false});
  },
  paint: painter.paint,
  checkpoint: (step, begun = true) => {
    training.stop();
    if (begun) leave();
    moveTo(step);
  },
  play: () => (training.on.value ? training.stop() : playTraining()),
  unfold: () => { unfolded.value = !unfolded.value; },
  births: () => loadCurve(state.model.value),
  example: async (one) => {
    draft.value = {text: one.text, target: one.target ?? ""};
    if (await run({cell: one})) leading.show(FIGURES);
  },
  look: ({site, head, query, key}) => {
    hovered.value = null;
    stepping.on.close();
    state.set({site, head, query, key});
    leading.show(".head-figure");
  },
  head: (site, head) => { walking.stop(); stepping.on.site(site); state.set({site, head, ...kept(site, head)}); },
  act: (act) => {
    stop();
    stepping.on.close();
    if (act !== "look") unfolded.value = false; // the panes need its room
    const {kind} = modelOf(state.model.value), was = state.written.value;
    state.set({act, written: act !== "write" && was === "" ? null : was});
    if (kind === "encoder-decoder" && !was) showing.again(); // in writing it begins empty, elsewhere the model writes it all
  },
  panel: (panel) => { state.panel.value = panel; },
  write: writing.on,
  beams: searching.on,
  ...comparing.on,
  apart: (apart) => { walking.stop(); hovered.value = null; state.set({apart}); },
  view: (view) => { state.view.value = view; },
  kind: (kind) => { state.set({kind, sort: kind ? state.sort.value : "block"}); },
  sort: (sort) => { state.sort.value = sort; },
  show: (changes) => state.set(changes),
  hover: (cell) => { hovered.value = cell; },
  pick: (cell) => { walking.stop(); hovered.value = null; choose(cell); },
  query: (query) => { walking.stop(); choose({query}); },
  walk: () => (walking.on.value ? walking.stop() : walk()),
  rows: (rows) => { state.rows.value = rows; },
  key: (key) => state.set({key, apart: ""}),
  ...saving.on,
  tour: touring.go,
  digits: () => { digits.value = digits.value === ALL ? 4 : ALL; },
  lang: (lang) => { state.lang.value = lang; if (others.value.length) loadModels().catch(told); }, // it says in words why one is not there
  present: (on) => { state.present.value = on ? "on" : ""; },
  theme: (name) => { state.theme.value = name; },
  skip: leading.focus,
  edit: editing.on,
  fill: filling.on,
  structure: structures.on,
  importance: {...importance.on, start: (asked) => importance.on.start(showing.trace.value, asked)},
  vocabulary: () => vocabularies.load(trace.value),
  step: {...stepping.on, close: closeSteps, open: () => { unfolded.value = false; stepping.on.open(state.site.value); }},
  painted: () => performance.measure("headlight:painted", "headlight:run"),
};

/** The cell that stays chosen under another head: the same one where that head has it. */
function kept(site, head) {
  if (missingAt(trace.value, trace.value.site(site), head).length) return {};
  const {query, key} = fitted(trace.value, {site, head, query: state.query.value, key: state.key.value});
  return {query, key};
}

/** The head and the cell that are shown, once the attention is here. */
function shown() {
  return fitted(chosen.value.trace, {site: chosen.value.site.name, head: chosen.value.head ?? state.head.value, query: state.query.value, key: state.key.value});
}

/** The player, which waits for the attention that its stage belongs to as for the stage's own numbers. */
function stepped() {
  const {drawn, ...rest} = stepping.shown.value;
  return drawn && missingAt(drawn.trace, drawn.trace.site(drawn.stage.site)).length ? {...rest, drawn: null, waiting: true} : {...rest, drawn};
}

const dropping = createDropping(window, (file) => on.open(file));

function App() {
  useSignalEffect(() => {
    const lang = state.lang.value === "zh" ? "zh-CN" : "en";
    requestAnimationFrame(() => setTimeout(() => { document.documentElement.lang = lang; })); // the words first: this styles every element anew
    document.documentElement.dataset.theme = theme.value;
    document.documentElement.toggleAttribute("data-present", state.present.value === "on");
    document.title = t.value("Headlight: what every attention head looks at");
  });
  useEffect(() => { if (document.querySelector(".heatmap:not(.tiled)")) loadPlotly(); }); // of a long text nothing is plotted
  return html`<${Workbench} ...${{
    t: t.value, lang: state.lang.value, theme: theme.value, page, models: models.value, others: others.value, model: state.model.value,
    act: state.act.value, mask: state.mask.value, draft: draft.value, refusal: refusal.value, reading: reading.value !== null,
    busy: running.value !== null || reading.value !== null || waiting.value, trace: trace.value,
    panel: state.panel.value, over: state.over.value, writing: writing.shown.value, searching: searching.shown.value, asides: asides.value,
    shown: chosen.value && shown(), hovered: hovered.value, view: state.view.value, kind: state.kind.value, sort: state.sort.value, saved: saving.saved.value,
    shows: shows.value,
    tour: trace.value && tour.value, rows: state.rows.value, walking: walking.on.value, digits: digits.value, plotly: plotly.value,
    bounded: surroundings.bounded.value, checkpoint: state.checkpoint.value, target: state.target.value, playing: training.on.value,
    lines: lines.value, editing: editing.shown.value, filling: filling.shown.value, importance: importance.found.value, vocabulary: trace.value && vocabularies.of(trace.value),
    structures: structures.shown.value, panes: comparing.panes.value, compared: comparing.compared.value, beside: state.beside.value, edits: state.edits.value,
    stepping: stepped(), dropping: dropping.value, present: state.present.value === "on",
    late: showing.late.value, births: trace.value && curves.value[trace.value.model.id], unfolded: unfolded.value, examples: opening.examplesOf(state.model.value), on,
  }} />`;
}

async function start() {
  render(html`<${App} />`, document.getElementById("app"));
  try {
    await loadModels();
  } catch (error) {
    refusal.value = told(error);
    return;
  }
  if (trace.value) opening.write(); // a file, opened before the models were here
  else {
    const told = refusal.value; // of a file
    await opening.open({});
    refusal.value ||= told;
  }
}

const FIELDS = "select, input, textarea, [contenteditable]"; // their Escape and their undoing are their own

addEventListener("keydown", (event) => {
  const back = undoing(event), own = event.target.closest?.(FIELDS);
  if (event.isComposing || event.defaultPrevented) return;
  if (back && !own) {
    event.preventDefault();
    editing.on[back]();
  }
  if (event.key !== "Escape") return;
  if (tour.value !== null) on.tour(null);
  else if (state.step.value !== null && !own) on.step.close();
});
state.onBack(() => opening.open({keep: true}));
effect(() => {
  const {id, checkpoints} = modelOf(state.model.value);
  if (checkpoints.length > 1 && !(id in curves.peek())) loadCurve(id);
});
const stepsOpen = computed(() => state.step.value !== null);
effect(() => { if (stepsOpen.value) leading.opened(); });
effect(() => { state.lang.value; if (refusal.peek()) refusal.value = ""; });
start();
