/** Wires the page: state, server, views. The only module that knows all three. */
import {computed, effect, signal, useSignalEffect} from "@preact/signals";
import {html} from "htm/preact";
import {render} from "preact";
import * as api from "./api.js";
import {EXAMPLES} from "./examples.js";
import {ALL} from "./format.js";
import {translator} from "./locale.js";
import {requested} from "./masks.js";
import {fitted} from "./selection.js";
import {createState} from "./state.js";
import {Trace} from "./trace.js";
import {Workbench} from "./views/workbench.js";

const NAMES = ["*.q", "*.k", "*.v", "*.z", "*.log_denominator"];

const page = JSON.parse(document.getElementById("page").textContent);
const state = createState(window);
if (!state.lang.value) state.lang.value = page.lang;

const words = translator(page.catalog);
const t = computed(() => words(state.lang.value));
const dark = matchMedia("(prefers-color-scheme: dark)");
const prefersDark = signal(dark.matches);
dark.addEventListener("change", () => { prefersDark.value = dark.matches; });
const roomy = matchMedia("(min-width: 1101px) and (min-height: 640px)");
const bounded = signal(roomy.matches); // whether the panes fill the window's height, each scrolling by itself
roomy.addEventListener("change", () => { bounded.value = roomy.matches; });
const theme = computed(() => state.theme.value || (prefersDark.value ? "dark" : "light"));

const models = signal([]);
const draft = signal({text: state.text.value, target: state.target.value});
const trace = signal(null);
const running = signal(null);
const refusal = signal("");
const hovered = signal(null);
const digits = signal(4);
const plotly = signal(null);

/**
 * The chosen model on the written text; what stands on the screen stays until the new trace is here.
 * step: leave the present state behind in the browser's history; keep: the chosen cell stays, whatever the text
 */
async function run({step = true, keep = false} = {}) {
  running.value?.abort();
  const mine = running.value = new AbortController();
  const {text, target} = draft.value;
  performance.mark("headlight:run");
  try {
    const kind = models.value.find((m) => m.id === state.model.value)?.kind;
    const body = {model: state.model.value, text, mask: requested(state.mask.value), names: NAMES,
      ...(kind === "encoder-decoder" && target.trim() && {target})};
    const next = new Trace(await api.trace(body, state.lang.value, mine.signal));
    if (step && trace.value) state.step();
    refusal.value = "";
    hovered.value = null;
    state.set({text, target: body.target ?? ""});
    choose(fitted(next, wanted(next, keep)));
    trace.value = next;
    loadPlotly();
  } catch (error) {
    if (error.name === "AbortError") return;
    refusal.value = told(error);
  } finally {
    if (running.value === mine) running.value = null;
  }
}

/** On another sentence the head stays and the cell is chosen anew; on the same one everything stays. */
function wanted(next, keep) {
  const {site, head, query, key} = state;
  const same = keep || !trace.value || JSON.stringify(trace.value.tokens) === JSON.stringify(next.tokens);
  return {site: site.value, head: head.value, query: same ? query.value : null, key: same ? key.value : null};
}

function told(error) {
  if (!(error instanceof api.Refusal)) {
    reportError(error);
    return t.value("The answer could not be read. Your text and the last figure stay; try again in a moment.");
  }
  return error.offline
    ? t.value("The server cannot be reached. Your text and the last figure stay; try again in a moment.")
    : error.message;
}

const choose = ({site, head, query, key}) => state.set({site: site.name, head, query, key});

async function loadPlotly() {
  if (plotly.value || loadPlotly.begun) return;
  loadPlotly.begun = true;
  await new Promise(requestAnimationFrame); // the heads are painted first: plotly takes a third of a second to evaluate
  await import("plotly");
  plotly.value = window.Plotly;
}

const on = {
  run,
  text: (text) => { draft.value = {...draft.value, text}; },
  target: (target) => { draft.value = {...draft.value, target}; },
  model: (model) => {
    const untouched = Object.values(EXAMPLES).flat().some((x) => x.text === draft.value.text);
    draft.value = {text: untouched ? example(model).text : draft.value.text, target: ""};
    leave();
    state.set({model, site: "", head: null, query: null, key: null, ...(modelOf(model).kind === "encoder-decoder" && {mask: "native"})});
    run({step: false});
  },
  mask: (mask) => { leave(); state.mask.value = mask; run({step: false}); },
  example: ({text}) => { draft.value = {text, target: ""}; run(); },
  head: (site, head) => state.set({site, head, ...kept(site, head)}),
  view: (view) => { state.view.value = view; },
  hover: (cell) => { hovered.value = cell; },
  pick: (cell) => { hovered.value = null; state.set(cell); },
  query: (query) => state.set({query}),
  key: (key) => state.set({key}),
  digits: () => { digits.value = digits.value === ALL ? 4 : ALL; },
  lang: (lang) => { state.lang.value = lang; },
  theme: (name) => { state.theme.value = name; },
  painted: () => performance.measure("headlight:painted", "headlight:run"),
};

/** Before a choice that runs the model: "back" shall lead to what was there. */
const leave = () => { if (trace.value) state.step(); };

const modelOf = (id) => models.value.find((m) => m.id === id) ?? {};

/** The cell that stays chosen under another head: the same one where that head has it. */
function kept(site, head) {
  const {query, key} = fitted(trace.value, {site, head, query: state.query.value, key: state.key.value});
  return {query, key};
}

const example = (model) => {
  const own = EXAMPLES[modelOf(model).kind] ?? EXAMPLES.decoder;
  return own.find((x) => x.lang === state.lang.value) ?? own[0];
};

function App() {
  useSignalEffect(() => {
    document.documentElement.lang = state.lang.value === "zh" ? "zh-CN" : "en";
    document.documentElement.dataset.theme = theme.value;
    document.title = t.value("Headlight: what every attention head looks at");
  });
  const shown = trace.value && fitted(trace.value, {site: state.site.value, head: state.head.value,
    query: state.query.value, key: state.key.value});
  return html`<${Workbench} ...${{
    t: t.value, lang: state.lang.value, theme: theme.value, page, models: models.value, model: state.model.value,
    mask: state.mask.value, draft: draft.value, refusal: refusal.value, busy: running.value !== null, trace: trace.value,
    shown, hovered: hovered.value, view: state.view.value, digits: digits.value, plotly: plotly.value,
    bounded: bounded.value, examples: EXAMPLES[modelOf(state.model.value).kind] ?? [], on,
  }} />`;
}

/** What the address says to run; an example where it says nothing. */
const addressed = () => ({text: state.text.value || example(state.model.value).text, target: state.target.value});

async function start() {
  render(html`<${App} />`, document.getElementById("app"));
  try {
    models.value = await api.models(state.lang.value);
  } catch (error) {
    refusal.value = told(error);
    return;
  }
  if (!models.value.some((m) => m.id === state.model.value)) state.model.value = models.value[0].id;
  draft.value = addressed();
  await run({step: false});
}

state.onBack(() => {
  draft.value = addressed();
  run({step: false, keep: true});
});
effect(() => { state.lang.value; if (refusal.peek()) refusal.value = ""; });
start();
