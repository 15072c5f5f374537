/** The step player with its strip, and the strip alone. */
import {signal} from "@preact/signals";
import {html} from "htm/preact";
import {useMemo, useState} from "preact/hooks";
import {ALL} from "../format.js";
import {stages} from "../stages.js";
import {createStepping} from "../stepping.js";
import {StepPlayer} from "../views/step_player.js";
import {StepStrip} from "../views/step_strip.js";
import {RUNS, ask, told} from "./runs.js";
import {Specimen, useChosen} from "./specimen.js";

const SITE = RUNS.repeated.chosen.site;

export function Player({given}) {
  return html`<${Specimen} given=${given} View=${Played} title=${given.t("The player, at the softmax of block 1")} wide=${true} />`;
}

function Played({t, lang, theme, plotly, trace, first, name}) {
  const {site, head, query, key, cell, on} = useChosen(trace, first), [digits, show] = useState(4);
  const stepping = useStepping(t, lang, trace, "softmax"), shown = {site, head, query, key};
  return html`
    ${stepping.stage.value && html`<${StepPlayer} ...${{t, theme, plotly, trace, shown, digits}} stepping=${stepping.shown.value} hovered=${cell}
      off="" weights=${null} bounded=${false} scrolls=${false} on=${{...on, step: stepping.on, digits: () => show(digits === ALL ? 4 : ALL)}} />`}
    <${Strip} ...${{t, trace, stepping, name}} />`;
}

export function Strips({given}) {
  return html`<${Specimen} given=${given} View=${Closed} title=${given.t("The strip alone, closed")} wide=${true} />`;
}

function Closed({t, lang, trace, name}) {
  return html`<${Strip} ...${{t, trace, name}} stepping=${useStepping(t, lang, trace)} />`;
}

const Strip = ({t, trace, stepping, name}) => html`
  <${StepStrip} t=${t} stepping=${stepping.shown.value} site=${trace.site(SITE)} on=${{...stepping.on, open: () => stepping.on.open(SITE)}} name=${name} />`;

/** The player's state, at the stage of this kind or closed; tensors that are not there yet are asked for. */
function useStepping(t, lang, trace, kind = null) {
  return useMemo(() => {
    const begun = stages(trace).find((stage) => stage.kind === kind && stage.site === SITE)?.step ?? null;
    const state = {step: signal(begun), site: signal(SITE)};
    const set = (changes) => { for (const [name, value] of Object.entries(changes)) state[name].value = value; };
    return createStepping({state: {...state, set}, trace: signal(trace), told: (error) => told(t, error),
      bring: (_, names, signal) => ask(RUNS.repeated, lang, {names}, signal)});
  }, [trace]);
}
