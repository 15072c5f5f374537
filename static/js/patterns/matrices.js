/** Matrices written by hand: as grids to edit, and as the three lenses of attention. */
import {html} from "htm/preact";
import {useEffect, useState} from "preact/hooks";
import * as api from "../api.js";
import {language} from "../labels.js";
import {Lenses} from "../views/lenses.js";
import {WeightsEditor} from "../views/weights_editor.js";
import {RUNS, ask} from "./runs.js";
import {Specimen} from "./specimen.js";

const SITE = "decoder.blocks.0.attn";
const CHANGED = [{weight: `${SITE}.W_q`, row: 0, column: 0, value: 1}];

export function Matrices({given}) {
  const {t} = given;
  return html`
    <${Specimen} given=${given} View=${Lens} title=${t("X, three matrices, and what comes of it")} run="byHand" wide=${true} />
    <${Specimen} given=${given} View=${Grids} title=${t("The matrices, one entry changed")} run="byHand" wide=${true} />`;
}

/** The model's matrices; null while they are not here. */
function useWeights({model: {id}, request: {text}}, lang) {
  const [weights, have] = useState(null);
  useEffect(() => { api.weights(id, lang).then(have, () => {}); }, [id]); // a failure is told by the run itself
  return weights && {weights, features: weights.features[lang], words: weights.words[language(text) === "en" ? "en" : "zh"]};
}

function Grids({t, lang, trace}) {
  const own = useWeights(trace, lang), [edits, edit] = useState(CHANGED), names = ["W_q", "W_k", "W_v", "W_o"].map((last) => `${SITE}.${last}`);
  return own && html`<${WeightsEditor} ...${{t, names, edits}} ...${own} n=${4} nHeads=${2} onEdits=${edit} />`;
}

function Lens({t, lang, trace}) {
  const own = useWeights(trace, lang), [edits, edit] = useState([]), [after, show] = useState(trace);
  useEffect(() => { if (edits.length) ask(RUNS.byHand, lang, {edits}).then(show, () => {}); else show(trace); }, [edits, trace]);
  return own && html`<${Lenses} ...${{t, edits}} ...${own} trace=${after} site=${after.site(SITE)} begun=${{of: "q", row: 2, column: 0}} onEdits=${edit} />`;
}
