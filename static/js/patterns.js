/** Wires the page of every view: language and theme of the address, the runs, and the sections one after the other. */
import {effect, signal} from "@preact/signals";
import {html} from "htm/preact";
import {render} from "preact";
import {useEffect, useMemo, useState} from "preact/hooks";
import * as api from "./api.js";
import {translator} from "./locale.js";
import {known} from "./model_states.js";
import {RUNS, ask, told} from "./patterns/runs.js";
import {sections} from "./patterns/sections.js";
import {save} from "./save.js";
import {read, write} from "./state.js";
import {createSurroundings} from "./surroundings.js";

const page = JSON.parse(document.getElementById("page").textContent);
const words = translator(page.catalog), asked = read(location);
const lang = signal(asked.lang || page.lang), theme = signal(asked.theme);
const only = new URLSearchParams(location.search).get("only")?.split(","); // sections to be shown alone: ?only=values,lines
const {dark: prefersDark} = createSurroundings(window);

const runs = Object.fromEntries(Object.keys(RUNS).map((name) => [name, signal({})])); // {trace}, or {problem} where it could not be had
const models = signal(null), refusal = signal(null), plotly = signal(null);

/** The models first, then what has not been had yet, one after the other: the server has one worker for them all. */
async function load(names) {
  refusal.value = null;
  try {
    if (!models.peek()) models.value = known(await api.models(lang.peek()));
  } catch (error) {
    refusal.value = error;
    return;
  }
  for (const name of names) {
    runs[name].value = {};
    runs[name].value = await ask(RUNS[name], lang.peek()).then((trace) => ({trace}), (problem) => ({problem}));
  }
}

const again = (name) => load([name]);
const missing = () => Object.keys(RUNS).filter((name) => !runs[name].peek().trace);

/** Where the workbench shows this. */
const workbench = (shown) => `${location.origin}/${write({...read({search: "", hash: ""}), lang: lang.peek(), theme: theme.peek(), ...shown})}`;

/** Saves a head of a specimen. */
const saving = (t) => (kind, {trace, site, head, query, view, shows, lines}) => {
  const {model: {id: model}, request: {text, target}} = trace;
  return save(kind, {trace, site, head, query, view, shows, lines, lang: lang.peek(), t, Plotly: plotly.peek(), origin: location.origin,
    address: workbench({model, text, target: target ?? "", site: site.name, head, view})}).catch((error) => told(t, error));
};

/** What the visitor chose stands in the address, as in the workbench's. */
function keep(name, chosen, value) {
  chosen.value = value;
  const address = new URL(location.href);
  address.searchParams.set(name, value);
  history.replaceState(null, "", address);
}

function App() {
  const shade = theme.value || (prefersDark.value ? "dark" : "light"), t = useMemo(() => words(lang.value), [lang.value]), all = sections(t).filter(({id}) => !only || only.includes(id));
  const given = useMemo(() => ({t, lang: lang.value, theme: shade, page, models: models.value, runs, plotly: plotly.value, workbench, save: saving(t), again}),
    [t, shade, models.value, plotly.value]);
  useEffect(() => {
    document.documentElement.lang = lang.value === "zh" ? "zh-CN" : "en";
    document.documentElement.dataset.theme = shade;
    document.title = t("Headlight: every view");
  }, [lang.value, shade]);
  return html`
    <${Banner} t=${t} theme=${shade} />
    <div class="patterns">
      <nav class="contents" aria-label=${t("Every view")}>
        <ul>${all.map(({id, title}) => html`<li><a href=${`#${id}`}>${title}</a></li>`)}</ul>
        ${only && html`<p><a href=${`/patterns?lang=${lang.value}`}>${t("Every view")}</a></p>`}
      </nav>
      <main>
        <p class="meaning">${t("Every view of the workbench in its states, each at work by itself. The sentences are fixed; the numbers are the models' own, asked of this server just now.")}</p>
        ${refusal.value && html`<p class="refusal" role="alert">${told(t, refusal.value)}
          <button type="button" class="quiet" onClick=${() => load(missing())}>${t("Try again")}</button></p>`}
        <${Sections} all=${all} given=${given} />
      </main>
    </div>`;
}

function Banner({t, theme: shade}) {
  const other = lang.value === "zh" ? {code: "en", name: "English"} : {code: "zh", name: "中文"};
  return html`
    <header class="banner">
      <h1>Headlight <span lang="zh-CN">头灯</span></h1>
      <p class="promise">${t("Every view")}</p>
      <nav aria-label=${t("Page")}>
        <a href=${`/?lang=${lang.value}${theme.value && `&theme=${theme.value}`}`}>${t("Workbench")}</a>
        <button type="button" class="quiet" lang=${other.code === "zh" ? "zh-CN" : "en"} onClick=${() => keep("lang", lang, other.code)}>${other.name}</button>
        <button type="button" class="quiet" onClick=${() => keep("theme", theme, shade === "dark" ? "light" : "dark")}>
          ${shade === "dark" ? t("Light") : t("Dark")}</button>
      </nav>
    </header>`;
}

/** One section more with every frame, so that the page answers meanwhile; where the address names one, it is gone to. */
function Sections({all, given}) {
  const [drawn, draw] = useState(0), ready = given.models !== null;
  useEffect(() => {
    if (!ready) return undefined;
    const {id} = all[drawn - 1] ?? {};
    if (id && location.hash === `#${id}`) document.getElementById(id).scrollIntoView();
    const due = drawn < all.length && requestAnimationFrame(() => draw(drawn + 1));
    return () => cancelAnimationFrame(due);
  }, [ready, drawn]);
  return all.map(({id, title, about, files, narrow, Specimens}, i) => html`
    <section key=${id} id=${id} class="pattern" aria-busy=${i >= drawn}>
      <header>
        <h2><a href=${`#${id}`}>${title}</a></h2>
        <p class="meaning">${about}</p>
        <p class="files">${files.map((file) => html`<code>${`static/js/views/${file}.js`}</code> `)}</p>
      </header>
      <div class="specimens ${narrow ? "narrow" : ""}">${i < drawn && html`<${Drawn} Specimens=${Specimens} given=${given} />`}</div>
    </section>`);
}

/** Drawn again only where what is given has changed, not with every further section. */
const Drawn = ({Specimens, given}) => useMemo(() => html`<${Specimens} given=${given} />`, [given]);

async function loadPlotly() {
  await import("plotly");
  plotly.value = window.Plotly;
}

render(html`<${App} />`, document.getElementById("patterns"));
effect(() => { lang.value; load(missing()); }); // a refusal is told anew in the other language
loadPlotly();
