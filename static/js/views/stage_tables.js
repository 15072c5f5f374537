/** Stages that are read rather than looked at: the tokens and their numbers, the predictions at every position. */
import {html} from "htm/preact";
import {percent} from "../format.js";
import {special} from "../labels.js";
import {pageOf, turned} from "../paging.js";
import {Pages} from "./pages.js";
import {Token} from "./token.js";

const SHOWN = 256; // rows at a time

/** The rows around the chosen token, and the way to the others. row: of one position */
function Rows({t, tokens, query, on, head, row}) {
  const {length} = tokens, page = pageOf(length, query, SHOWN);
  return html`
    <div class="stage-table"><table>
      <thead>${head}</thead>
      <tbody>${tokens.slice(page.from, page.to).map((token, at) => row(token, page.from + at))}</tbody>
    </table></div>
    <${Pages} ...${{t, name: t("Tokens"), count: length, page}} onTurn=${(by) => on.pick({query: turned(length, query, by, SHOWN)})} />`;
}

export function TokenTable({t, trace, stage, query, on}) {
  return html`<${Rows} ...${{t, query, on}} tokens=${trace.tokens[stage.side]}
    head=${html`<tr><th scope="col">${t("position")}</th><th scope="col">${t("token")}</th><th scope="col">${t("number in the vocabulary")}</th>
        <th scope="col">${t("characters")}</th></tr>`}
    row=${(token, i) => html`
        <tr class=${i === query ? "chosen" : ""} onClick=${() => on.pick({query: i})}>
          <td>${i}</td><th scope="row"><${Token} token=${token} length=${24} /></th><td>${token.id}</td>
          <td>${token.start === null ? t("none: added by the tokenizer") : `${token.start}–${token.end}`}</td>
        </tr>`} />`;
}

export function PredictionTable({t, trace, stage, query, on}) {
  return html`<${Rows} ...${{t, query, on}} tokens=${trace.tokens[stage.side]}
    head=${html`<tr><th scope="col">${t("position")}</th><th scope="col">${t("token")}</th><th scope="col" colspan="2">${t("most probable")}</th></tr>`}
    row=${(token, i) => {
        const [first] = trace.predictions[i];
        return html`
          <tr class=${i === query ? "chosen" : ""} onClick=${() => on.pick({query: i})}>
            <td>${i}</td><th scope="row"><${Token} token=${token} length=${24} /></th>
            <td><${Token} token=${{text: first.text, start: special(first) ? null : 0, part: null}} /></td>
            <td class="share"><span class="bar" style=${{"--weight": first.probability}}></span>${percent(first.probability)}</td>
          </tr>`;
      }} />`;
}
