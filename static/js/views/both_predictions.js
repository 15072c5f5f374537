/** The likeliest tokens at one position before and after the edits, side by side. */
import {html} from "htm/preact";
import {bothPredictions} from "../downstream.js";
import {percent} from "../format.js";
import {special} from "../labels.js";
import {Token} from "./token.js";

const SHOWN = 8;

/** A token of the vocabulary, as a token of the text is. */
export const listed = (one) => ({text: one.text, start: special(one) ? null : 0, part: null});

/** A probability; of a token that was not among those sent, that it is not larger than the least of them. */
export const atMost = (probability, sent) => (probability === null ? `≤ ${percent(sent.at(-1).probability).replace(/^< /, "")}` : percent(probability));

export function BothPredictions({t, kind, token, was, is}) {
  const cell = (probability, sent, side) => html`
    <td class=${side}><span class="bar" style=${{"--weight": probability ?? 0}}></span><span>${atMost(probability, sent)}</span></td>`;
  return html`
    <section class="both-predictions">
      <h3>${kind === "encoder" ? t("What stands here, says the model") : t("What comes next, says the model")} <span class="of-query"><${Token} token=${token} /></span>${kind !== "encoder" && " → ?"}</h3>
      <table>
        <thead><tr><th scope="col">${t("token")}</th><th scope="col">${t("without the edits")}</th><th scope="col">${t("with them")}</th></tr></thead>
        <tbody>${bothPredictions(was, is).slice(0, SHOWN).map((one) => html`
          <tr><th scope="row"><${Token} token=${listed(one)} /></th>${cell(one.was, was, "was")}${cell(one.is, is, "is")}</tr>`)}</tbody>
      </table>
      <p class="note">${t("The server sends the ten likeliest tokens of each run; of another it is known that it is no likelier than the tenth (≤).")}</p>
    </section>`;
}
