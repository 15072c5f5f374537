/** Writing: what was written, what could come next, and what is told of it. Nothing is written on here; the workbench does that. */
import {html} from "htm/preact";
import {useEffect, useState} from "preact/hooks";
import * as api from "../api.js";
import {NEEDED} from "../asides.js";
import {begunAt} from "../spread.js";
import {Trace} from "../trace.js";
import {Beams} from "../views/beams.js";
import {Candidates} from "../views/candidates.js";
import {Kept} from "../views/kept.js";
import {Lens} from "../views/lens.js";
import {Spread} from "../views/spread.js";
import {TokenRow} from "../views/token_row.js";
import {Written} from "../views/written.js";
import {from} from "../writing.js";
import {told} from "./runs.js";
import {Specimen, useChosen, useShown} from "./specimen.js";

export function Writings({given}) {
  const {t} = given;
  return html`
    <${Specimen} given=${given} View=${Next} title=${t("Drawn at a temperature of 0.8, with top-p")} run="written" temperature=${0.8} top_p=${0.9} />
    <${Specimen} given=${given} View=${Next} title=${t("The likeliest token of a translation")} run="begun" temperature=${0} />
    <${Specimen} given=${given} View=${Search} title=${t("A beam search, drawn step by step")} run="begun" />
    <${Specimen} given=${given} View=${Through} title=${t("What each block would have said")} run="written" />
    <${Specimen} given=${given} View=${Shares} title=${t("Where each written token looks, the mean of a block")} run="written" over="block" />
    <${Specimen} given=${given} View=${Shares} title=${t("Cross-attention has no words of its own")} run="begun" />
    <${Specimen} given=${given} View=${Kept} title=${t("What is kept while a model writes")} run="written" writing=${{former: null}} />`;
}

/** What an asynchronous question answered, once it has; {problem} where it failed. */
function useAsked(t, ask, given) {
  const [answer, set] = useState({});
  useEffect(() => {
    const mine = new AbortController();
    ask(mine.signal).then(set, (error) => mine.signal.aborted || set({problem: told(t, error)}));
    return () => mine.abort();
  }, given);
  return answer;
}

const useExtras = (t, lang, trace, names) => useAsked(t, async (signal) => {
  const more = new Trace(await api.trace({...from(trace), names}, lang, signal));
  return {held: {of: trace, tensors: more.tensors, texts: more.lens_tokens}};
}, [trace, lang]);

const nothing = () => {};

function Next({t, lang, trace, temperature, top_p = null}) {
  const sampling = {temperature, top_p, top_k: null, seed: 0};
  const {line, problem = ""} = useAsked(t, async (signal) => {
    for await (const one of api.generate({...from(trace), ...sampling, max_new_tokens: 1, listed: 20}, lang, signal)) return {line: one};
    return {line: null};
  }, [trace, lang]);
  const writing = {step: line === undefined ? null : {line, trace}, sampling, going: false, waiting: line === undefined, problem};
  const on = {write: {pick: nothing, back: nothing, go: nothing, again: nothing, shape: nothing}};
  const asides = useExtras(t, lang, trace, NEEDED.next);
  return html`
    <div class="write"><${Written} ...${{t, trace, writing, on}} begun=${begunAt(trace)} /><${Candidates} ...${{t, trace, writing, asides, on}} /></div>`;
}

function Search({t, lang, trace}) {
  const [{beams, penalty}, choose] = useShown({beams: "4", penalty: "0"});
  const [{steps, winner}, set] = useState({steps: [], winner: null}), [running, setRunning] = useState(false), [problem, setProblem] = useState("");
  const start = async () => {
    const found = [];
    setRunning(true);
    setProblem("");
    try {
      for await (const line of api.beams({...from(trace), width: Number(beams), length_penalty: Number(penalty), max_new_tokens: 24}, lang)) {
        if (!line.winner) found.push(line);
        set({steps: [...found], winner: line.winner ?? null});
      }
    } catch (error) { setProblem(told(t, error)); }
    setRunning(false);
  };
  useEffect(() => { start(); }, [trace]);
  return html`<div class="write"><${Beams} ...${{t, trace}} searching=${{steps, winner, problem, running, of: trace, width: beams, penalty}} on=${{beams: {start, stop: nothing, choose}, write: {add: nothing}}} /></div>`;
}

function Through({t, lang, trace, first}) {
  const {site, query, on} = useChosen(trace, first), asides = useExtras(t, lang, trace, NEEDED.lens);
  return html`
    <${TokenRow} t=${t} title=${t("Tokens")} tokens=${trace.along(site, "query")} query=${query} key_=${null} written=${begunAt(trace)} pick=${t("query")} onPick=${on.query} />
    <${Lens} t=${t} trace=${trace} cell=${{query}} asides=${asides} />`;
}

function Shares({t, trace, first, over: initial = "head"}) {
  const {site, head, cell, on} = useChosen(trace, first), [{over}, show] = useShown({over: initial});
  return html`<${Spread} ...${{t, trace, cell, over}} shown=${{site, head}} begun=${begunAt(trace)} on=${{...on, show}} />`;
}
