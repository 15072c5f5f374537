/** What the model predicts at one position: the likeliest tokens, their share of the whole vocabulary. */
import {html} from "htm/preact";
import {percent} from "../format.js";
import {special} from "../labels.js";
import {Token} from "./token.js";

export function Predictions({t, kind, tokens, position, predictions, weights}) {
  if (!predictions) return null;
  const intro = kind === "encoder" ? t("What stands here, says the model") : t("What comes next, says the model");
  return html`
    <section class="predictions">
      <h3>${intro} <span class="of-query"><${Token} token=${tokens[position]} /></span>${kind !== "encoder" && " → ?"}
        ${weights && !weights.finished && html` <small class="warning">${t("with the weights of step {step}", weights)}</small>`}</h3>
      <ol>${predictions.map((one) => html`
        <li><span class="bar" style=${{"--weight": one.probability}}></span>
          <${Token} token=${{text: one.text, start: special(one) ? null : 0, part: null}} /> <small>${percent(one.probability)}</small></li>`)}</ol>
    </section>`;
}
