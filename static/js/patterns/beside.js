/** An RNN, an LSTM and a Transformer side by side, a note on its way, what a block costs: the figures of lessons, as they stand there. */
import {signal} from "@preact/signals";
import {html} from "htm/preact";
import {useMemo} from "preact/hooks";
import * as api from "../api.js";
import {createCost} from "../lessons/cost_figure.js";
import {createFarWord} from "../lessons/far_figure.js";
import {createHiddenStates} from "../lessons/hidden_figure.js";
import {createLossCurves} from "../lessons/loss_figure.js";
import {createRace} from "../lessons/race_figure.js";
import {createRelay} from "../lessons/relay_figure.js";
import {told} from "./runs.js";
import {Specimen} from "./specimen.js";

const TEXT = "The cat sat on the mat. The dog";

export function Besides({given}) {
  const {t} = given;
  return html`
    <${Specimen} given=${given} View=${Figure} make=${createRelay} attributes=${{n: "12"}} title=${t("A note on its way")} wide=${true} />
    <${Specimen} given=${given} View=${Figure} make=${createHiddenStates} attributes=${{text: TEXT}} title=${t("Hidden states, step by step")} wide=${true} />
    <${Specimen} given=${given} View=${Figure} make=${createFarWord} attributes=${{text: TEXT, distance: "3"}} title=${t("What a word far back does")} wide=${true} />
    <${Specimen} given=${given} View=${Figure} make=${createLossCurves} attributes=${{log: "yes"}} title=${t("Loss by training")} wide=${true} />
    <${Specimen} given=${given} View=${Figure} make=${createRace} attributes=${{tokens: "16"}} title=${t("A race on this server")} wide=${true} />
    <${Specimen} given=${given} View=${Figure} make=${createCost} attributes=${{}} title=${t("What a block costs")} wide=${true} />`;
}

function Figure({t, lang, theme, make, attributes}) {
  const shade = useMemo(() => signal(theme), []);
  shade.value = theme;
  const One = useMemo(() => make({attributes, t, lang, theme: shade, lesson: {
    json: (path) => api.json(path, lang), post: (path, body) => api.post(path, body, lang),
    stream: (path, body, {signal: abort}) => api.stream(path, body, lang, abort), told: (error) => told(t, error),
  }}), [lang]);
  return html`<${One} />`;
}
