/**
 * The cache of a lesson: what the model writes with one, beside runs that begin anew for every token. The numbers of both are the model's.
 */
import {signal} from "@preact/signals";
import {html} from "htm/preact";
import {unmasked} from "../attention.js";
import {kept} from "../kept.js";
import {atPosition, toldApart} from "../rereading.js";
import {lastRow} from "../temperature.js";
import {CacheDrawer} from "../views/cache_drawer.js";
import {OpenInWorkbench} from "./opening.js";
import {Waits} from "./run_of_figure.js";

const LISTED = 200; // tokens whose probabilities are told: all of a small vocabulary

/** @param {any} given attributes: model, site, text: that the model goes on from, most: how many tokens it writes */
export function createCacheDrawer({attributes: {model, site, text, most = "4"}, t, lang, theme, lesson}) {
  const state = signal({place: 1, runs: null, steps: null, problem: ""});

  async function measure() {
    const steps = [], asked = {model, text, names: [`${site}.k`, `${site}.v`, "logits"]};
    for await (const line of lesson.stream("/api/generate", {model, text, temperature: 0, max_new_tokens: Number(most), listed: LISTED})) steps.push(line);
    const ids = steps.map(({id}) => id);
    const runs = await Promise.all(steps.map((_, i) => lesson.trace({...asked, written: ids.slice(0, i)})));
    return {runs, steps};
  }

  function begin() {
    state.value = {...state.peek(), problem: ""};
    measure().then((found) => { state.value = {...state.peek(), ...found}; }, (error) => { state.value = {...state.peek(), problem: lesson.told(error)}; });
  }

  begin();

  const on = {place: (place) => { state.value = {...state.peek(), place}; }};
  return () => {
    const {place, runs, steps, problem} = state.value;
    if (!runs) return html`<${Waits} t=${t} trace=${null} problem=${problem} again=${begin} />`;
    const last = runs.at(-1), tokens = last.tokens.target, begun = runs[0].tokens.target.length, at = place - begun;
    const rows = tokens.map((_, i) => ({k: atPosition(last.tensors[`${site}.k`], i), v: atPosition(last.tensors[`${site}.v`], i)}));
    const found = at < 0 ? null : {
      rows: at === 0 ? 0 : kept(runs[at - 1], runs[at])?.difference ?? NaN, told: toldApart(steps[at].top, unmasked(Float64Array.from(lastRow(runs[at].tensors.logits)))),
    };
    return html`<${CacheDrawer} ...${{t, tokens, rows, place, found, problem, on}} />
      <p class="figure-foot"><${OpenInWorkbench} ...${{t, lang, attributes: {model, text}}} theme=${theme.value} shown=${{act: "write", panel: "kept", written: runs[Math.max(0, at)].request.written.join(".")}} /></p>`;
  };
}
