/** One token of the lesson's sentence on its way through the block, which can be built otherwise. */
import {html} from "htm/preact";
import {useState} from "preact/hooks";
import {useBlock} from "../block_run.js";
import {placeOf} from "../lesson_run.js";
import {Road} from "../views/road.js";
import {OpenInWorkbench} from "./opening.js";
import {Waits} from "./run_of_figure.js";

/** attributes.query: whose way is shown; norm, residual ("off"): how the block is built at first */
export function createRoadFigure({attributes, t, lang, theme, lesson}) {
  return () => {
    const [norm, setNorm] = useState(attributes.norm ?? "pre-mlp"), [residual, setResidual] = useState(attributes.residual !== "off");
    const [token, setToken] = useState(null), [step, setStep] = useState(Road.STEPS - 1);
    const {run, problem, waiting, again} = useBlock(lesson.json, lesson.told, {text: attributes.text, mask: attributes.mask === "bidirectional" ? "bidirectional" : "causal", norm, residual});
    const place = token ?? (run && placeOf(run.tokens.target, attributes.query)) ?? 0;
    return html`
      <${Waits} ...${{t, problem, again}} trace=${run} />
      ${run && html`<${Road} ...${{t, run, norm, residual, step}} theme=${theme.value} token=${place} stale=${waiting} on=${{token: setToken, norm: setNorm, residual: setResidual, step: setStep}} />`}
      <p class="figure-foot"><${OpenInWorkbench} ...${{t, lang, theme: theme.value, attributes}} shown=${{act: "structure", part: "decoder.blocks.0.resid_mid", query: place}} /></p>`;
  };
}
