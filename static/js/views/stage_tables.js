/** Stages that are read rather than looked at: the tokens and their numbers, the predictions at every position. */
import {html} from "htm/preact";
import {percent} from "../format.js";
import {special} from "../labels.js";
import {Token} from "./token.js";

export function TokenTable({t, trace, stage, query, on}) {
  const tokens = trace.tokens[stage.side];
  return html`
    <div class="stage-table"><table>
      <thead><tr><th scope="col">${t("position")}</th><th scope="col">${t("token")}</th><th scope="col">${t("number in the vocabulary")}</th>
        <th scope="col">${t("characters")}</th></tr></thead>
      <tbody>${tokens.map((token, i) => html`
        <tr class=${i === query ? "chosen" : ""} onClick=${() => on.pick({query: i})}>
          <td>${i}</td><th scope="row"><${Token} token=${token} length=${24} /></th><td>${token.id}</td>
          <td>${token.start === null ? t("none: added by the tokenizer") : `${token.start}–${token.end}`}</td>
        </tr>`)}</tbody>
    </table></div>`;
}

export function PredictionTable({t, trace, stage, query, on}) {
  const tokens = trace.tokens[stage.side];
  return html`
    <div class="stage-table"><table>
      <thead><tr><th scope="col">${t("position")}</th><th scope="col">${t("token")}</th><th scope="col" colspan="2">${t("most probable")}</th></tr></thead>
      <tbody>${tokens.map((token, i) => {
        const [first] = trace.predictions[i];
        return html`
          <tr class=${i === query ? "chosen" : ""} onClick=${() => on.pick({query: i})}>
            <td>${i}</td><th scope="row"><${Token} token=${token} length=${24} /></th>
            <td><${Token} token=${{text: first.text, start: special(first) ? null : 0, part: null}} /></td>
            <td class="share"><span class="bar" style=${{"--weight": first.probability}}></span>${percent(first.probability)}</td>
          </tr>`;
      })}</tbody>
    </table></div>`;
}
