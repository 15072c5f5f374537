/** Wires the page: state, server, views. The only module that knows all three. */
import {computed, effect, signal, useSignalEffect} from "@preact/signals";
import {html} from "htm/preact";
import {render} from "preact";
import * as api from "./api.js";
import {BadFile} from "./bad_file.js";
import {createChosen} from "./chosen.js";
import {createComparing} from "./comparing.js";
import {createDropping} from "./dropping.js";
import {parse} from "./edits.js";
import {ALL, count} from "./format.js";
import {translator} from "./locale.js";
import {saying, wordsOf} from "./panes.js";
import {createPlayback} from "./playback.js";
import {missingAt} from "./portions.js";
import {save, saveStage} from "./save.js";
import {fitted} from "./selection.js";
import {createShowing} from "./showing.js";
import {createState} from "./state.js";
import {createStepping} from "./stepping.js";
import {createSurroundings} from "./surroundings.js";
import {remember, toured} from "./visit.js";
import {TOUR} from "./views/tour.js";
import {Workbench} from "./views/workbench.js";

const page = JSON.parse(document.getElementById("page").textContent);
const state = createState(window);
if (!state.lang.value) state.lang.value = page.lang;

const words = translator(page.catalog);
const t = computed(() => words(state.lang.value));
const surroundings = createSurroundings(window);
const theme = computed(() => state.theme.value || (surroundings.dark.value ? "dark" : "light"));

const shows = computed(() => ({as: state.as.value, sink: state.sink.value, order: state.order.value, measure: state.measure.value, feature: state.feature.value}));
const lines = computed(() => (
  {threshold: state.threshold.value, heads: state.heads.value, hidden: state.hidden.value, direction: state.direction.value}));

const models = signal([]);
const draft = signal({text: state.text.value, target: state.target.value});
const births = signal({}); // by model: its curve, or {problem} where it could not be had
const unfolded = signal((surroundings.tall.value && state.step.value === null) || (!surroundings.bounded.value && state.checkpoint.value !== null));
const hovered = signal(null);
const tour = signal(toured() ? null : 0); // which of its steps is shown
const digits = signal(4);
const saved = signal(""); // what was saved last, in words
const plotly = signal(null);

const modelOf = (id) => models.value.find((m) => m.id === id) ?? {checkpoints: []};
const showing = createShowing({state, draft, modelOf, told, onSentence: () => { stop(); hovered.value = null; }, onShown: loadPlotly});
const {trace, refusal, running, leave, moveTo} = showing;
const training = createPlayback(), walking = createPlayback(); // from checkpoint to checkpoint; from query to query
const stepping = createStepping({state, trace, told, bring: showing.bring});
const {chosen, waiting} = createChosen({trace, bring: showing.bring, wanted: computed(() => stepping.stage.value?.site ?? state.site.value),
  failed: (error, site) => { refusal.value = told(error); state.site.value = site.name; }});
const {panes} = createComparing({state, trace, chosen, modelOf, told, ask: showing.ask, bring: showing.bring});
const compared = computed(() => ({between: state.between.value, differ: state.differ.value, apart: state.apart.value, vectors: state.vectors.value}));
const attention = computed(() => chosen.value?.site.name);
effect(() => { attention.value; hovered.value = null; }); // another attention may have fewer queries and keys

function stop() {
  training.stop();
  walking.stop();
  stepping.pause();
}

function run(options) {
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
  return walking.start({from: query === nQuery - 1 ? 0 : query, count: nQuery,
    show: async (at) => { state.set({query: at, apart: ""}); return true; }});
}

async function loadBirths(id) {
  if (births.peek()[id] === null) return; // on its way
  births.value = {...births.peek(), [id]: null};
  const found = await api.births(id, state.lang.peek()).catch((error) => ({problem: told(error)}));
  births.value = {...births.peek(), [id]: found};
}

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

async function loadPlotly() {
  if (plotly.value || loadPlotly.begun) return;
  loadPlotly.begun = true;
  await new Promise(requestAnimationFrame); // the heads are painted first: plotly takes a third of a second to evaluate
  await import("plotly");
  plotly.value = window.Plotly;
}

const on = {
  run,
  open: (file) => { stop(); return showing.open(file); },
  close: () => run({keep: false}),
  text: (text) => { draft.value = {...draft.value, text}; },
  target: (target) => { draft.value = {...draft.value, target}; },
  model: (model) => {
    const untouched = page.examples.some((x) => x.text === draft.value.text), first = untouched ? example(model) : null;
    draft.value = {text: first?.text ?? draft.value.text, target: first?.target ?? ""};
    leave();
    state.set({model, rows: "all", step: state.step.value && 0, site: "", head: null, query: null, key: null, checkpoint: null, edits: "", written: null, ...(modelOf(model).kind === "encoder-decoder" && {mask: "native"})});
    run({step: false, cell: first});
  },
  mask: (mask, begun = true) => { if (begun) leave(); state.mask.value = mask; run({step: false}); },
  checkpoint: (step, begun = true) => {
    training.stop();
    if (begun) leave();
    moveTo(step);
  },
  play: () => (training.on.value ? training.stop() : playTraining()),
  unfold: () => { unfolded.value = !unfolded.value; },
  births: () => loadBirths(state.model.value),
  example: (one) => { draft.value = {text: one.text, target: one.target ?? ""}; run({cell: one}); },
  look: ({site, head, query, key}) => { hovered.value = null; stepping.on.close(); state.set({site, head, query, key}); },
  head: (site, head) => { walking.stop(); stepping.on.site(site); state.set({site, head, ...kept(site, head)}); },
  act: (act) => { stop(); stepping.on.close(); state.set({act}); },
  compare: ({words, base}) => {
    leave();
    state.set({beside: words.join("|"), apart: "", ...base});
    if (base) run({step: false, keep: true});
  },
  pane: (i, changes, begun = true) => {
    if (begun) leave();
    state.set({beside: wordsOf(state.beside.value).map((word, at) => (at === i ? saying(word, changes) : word)).join("|")});
  },
  removePane: (i) => { leave(); state.set({beside: wordsOf(state.beside.value).filter((_, at) => at !== i).join("|"), apart: ""}); },
  apart: (apart) => { walking.stop(); hovered.value = null; state.set({apart}); },
  view: (view) => { state.view.value = view; },
  kind: (kind) => { state.set({kind, sort: kind ? state.sort.value : "block"}); },
  sort: (sort) => { state.sort.value = sort; },
  show: (changes) => state.set(changes),
  hover: (cell) => { hovered.value = cell; },
  pick: (cell) => { walking.stop(); hovered.value = null; state.set({...cell, apart: ""}); },
  query: (query) => { walking.stop(); state.set({query, apart: ""}); },
  walk: () => (walking.on.value ? walking.stop() : walk()),
  rows: (rows) => { state.rows.value = rows; },
  key: (key) => state.set({key, apart: ""}),
  save: async (kind) => {
    const {site, head} = shown();
    await saving();
    saved.value = await save(kind, {trace: trace.value, site, head, view: state.view.value, shows: shows.value, lines: lines.value, lang: state.lang.value, t: t.value,
      Plotly: plotly.value, address: location.href, origin: location.origin}).catch(told);
  },
  saveStage: async (kind, title) => {
    const {stage} = stepping.shown.value, {site, head} = fitted(trace.value, {site: stage.site, head: state.head.value, query: null, key: null});
    await saving();
    saved.value = await saveStage(kind, {trace: trace.value, stage, site, head, title, t: t.value, Plotly: plotly.value, address: location.href}).catch(told);
  },
  tour: (step) => {
    if (step === null) {
      remember();
      if (document.activeElement.closest(".tour")) document.querySelector(".again").focus(); // the button that was pressed goes with the tour
    } else document.querySelector(TOUR[step])?.scrollIntoView({block: "nearest"});
    tour.value = step;
  },
  digits: () => { digits.value = digits.value === ALL ? 4 : ALL; },
  lang: (lang) => { state.lang.value = lang; },
  present: (on) => { state.present.value = on ? "on" : ""; },
  theme: (name) => { state.theme.value = name; },
  step: {...stepping.on, open: () => { unfolded.value = false; stepping.on.open(state.site.value); }},
  painted: () => performance.measure("headlight:painted", "headlight:run"),
};

/** The cell that stays chosen under another head: the same one where that head has it. */
function kept(site, head) {
  if (missingAt(trace.value, trace.value.site(site)).length) return {};
  const {query, key} = fitted(trace.value, {site, head, query: state.query.value, key: state.key.value});
  return {query, key};
}

const examplesOf = (model) => page.examples.filter((x) => x.model === model);

/** Says so, and lets the page be painted: a large picture takes seconds. */
async function saving() {
  saved.value = t.value("Saving…");
  await new Promise((done) => { requestAnimationFrame(() => setTimeout(done)); });
}

/** The first one in the visitor's language. */
const example = (model) => {
  const own = examplesOf(model);
  return own.find((x) => x.lang === state.lang.value) ?? own[0];
};

/** The head and the cell that are shown, once the attention is here. */
const shown = () => fitted(chosen.value.trace, {site: chosen.value.site.name, head: state.head.value, query: state.query.value, key: state.key.value});

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
  return html`<${Workbench} ...${{
    t: t.value, lang: state.lang.value, theme: theme.value, page, models: models.value, model: state.model.value,
    act: state.act.value, mask: state.mask.value, draft: draft.value, refusal: refusal.value, busy: running.value !== null || waiting.value, trace: trace.value,
    shown: chosen.value && shown(), hovered: hovered.value, view: state.view.value, kind: state.kind.value, sort: state.sort.value, saved: saved.value,
    shows: shows.value,
    tour: trace.value && tour.value, rows: state.rows.value, walking: walking.on.value, digits: digits.value, plotly: plotly.value,
    bounded: surroundings.bounded.value, checkpoint: state.checkpoint.value, target: state.target.value, playing: training.on.value,
    lines: lines.value, panes: panes.value, compared: compared.value, beside: state.beside.value, edits: state.edits.value,
    stepping: stepped(), dropping: dropping.value, present: state.present.value === "on",
    births: trace.value && births.value[trace.value.model.id], unfolded: unfolded.value, examples: examplesOf(state.model.value), on,
  }} />`;
}


async function start() {
  render(html`<${App} />`, document.getElementById("app"));
  try {
    models.value = await api.models(state.lang.value);
  } catch (error) {
    refusal.value = told(error);
    return;
  }
  if (!models.value.some((m) => m.id === state.model.value)) state.model.value = models.value[0].id;
  await openAddress({});
}

/** What the address says, with the finished model where it asks for a checkpoint that there is not. */
async function openAddress(options) {
  const asked = state.checkpoint.value, {checkpoints} = modelOf(state.model.value);
  if (asked === checkpoints.at(-1) || !checkpoints.includes(asked)) state.checkpoint.value = null;
  const first = state.text.value ? null : example(state.model.value); // where it says nothing
  draft.value = {text: first?.text ?? state.text.value, target: first?.target ?? state.target.value};
  const placed = state.site.value || [state.head, state.query, state.key].some((place) => place.value !== null);
  const shown = await run({step: false, cell: placed ? null : first, ...options});
  if (shown && parse(state.edits.value) === null) {
    state.edits.value = "";
    refusal.value = t.value("The edits in this address cannot be read: the model is shown without them.");
  } else if (shown && asked !== null && !checkpoints.includes(asked)) {
    refusal.value = t.value("This model has no checkpoint at step {step}: the finished model is shown.", {step: count(asked)});
  }
}

addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !event.isComposing && !event.defaultPrevented && tour.value !== null) on.tour(null);
});
state.onBack(() => openAddress({keep: true}));
effect(() => {
  const {id, checkpoints} = modelOf(state.model.value);
  if (checkpoints.length > 1 && !(id in births.peek())) loadBirths(id);
});
effect(() => { state.lang.value; if (refusal.peek()) refusal.value = ""; });
start();
