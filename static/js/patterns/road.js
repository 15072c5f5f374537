/** One token through the block that can be computed by hand, built in two ways. */
import {html} from "htm/preact";
import {useState} from "preact/hooks";
import * as api from "../api.js";
import {useBlock} from "../block_run.js";
import {Road} from "../views/road.js";
import {told} from "./runs.js";

const TEXT = "我爱吃鱼";

export function Roads({given}) {
  const {t} = given;
  return html`
    <${One} given=${given} title=${t("As the model is, with a residual and a norm before the MLP")} begun=${{norm: "pre-mlp", residual: true, token: 0}} />
    <${One} given=${given} title=${t("Without a residual, norms nowhere")} begun=${{norm: "none", residual: false, token: 2}} />`;
}

function One({given: {t, lang, theme}, title, begun}) {
  const [{norm, residual, token}, set] = useState(begun), [step, setStep] = useState(Road.STEPS - 1), change = (name) => (value) => set((now) => ({...now, [name]: value}));
  const {run, problem, waiting} = useBlock((path) => api.json(path, lang), (error) => told(t, error), {text: TEXT, mask: "causal", norm, residual});
  return html`
    <figure class="specimen wide"><figcaption>${title}</figcaption>
      <div class="view">${run ? html`<${Road} ...${{t, theme, run, token, norm, residual, step}} stale=${waiting} on=${{token: change("token"), norm: change("norm"), residual: change("residual"), step: setStep}} />`
        : html`<p class=${problem ? "refusal" : "waiting"}>${problem || t("Loading…")}</p>`}</div>
    </figure>`;
}
