/** The logit lens (nostalgebraist 2020): what each block would have predicted, read through the final norm and the unembedding. */
import {html} from "htm/preact";
import {percent} from "../format.js";
import {label} from "../labels.js";
import {asToken} from "./candidates.js";
import {Token} from "./token.js";

const RANKS = 3;

export function Lens({t, trace, cell, asides: {held, problem, lacks}}) {
  if (trace.alone || lacks) return html`<p class="note">${t("The lens needs the stream after every block, the last norm and the matrix that makes the predictions: of this model's family they are not to be had.")}</p>`;
  const ids = held?.tensors.lens_ids;
  if (!ids) return html`<p class="note">${problem || t("Loading…")}</p>`;
  const tokens = held.of.tokens[held.of.predicted], position = Math.min(cell.query, tokens.length - 1), [blocks, n, ranks] = ids.shape;
  const at = (block, rank) => (block * n + position) * ranks + rank;
  const last = ids.data[at(blocks - 1, 0)];
  const rows = Array.from({length: blocks}, (_, block) => Array.from({length: RANKS}, (_, rank) => ({
    id: ids.data[at(block, rank)], text: held.texts[ids.data[at(block, rank)]], probability: held.tensors.lens_probabilities.data[at(block, rank)],
  })));
  const place = (block) => Array.from({length: ranks}, (_, rank) => ids.data[at(block, rank)]).indexOf(last);
  return html`
    <table class="lens ${held.of === trace ? "" : "stale"}">
      <caption>${t("What the model would say at {token} if it ended with this block: the residual stream, read through the final norm and the unembedding.", {token: label(tokens[position])})}</caption>
      <thead><tr><th scope="col">${t("after block")}</th>${Array.from({length: RANKS}, (_, rank) => html`<th scope="col">${rank + 1}.</th>`)}
        <th scope="col">${t("rank of the final token")}</th></tr></thead>
      <tbody>${rows.map((row, block) => html`
        <tr><th scope="row">${block}</th>
          ${row.map((one) => html`<td class=${one.id === last ? "final" : ""}><i class="length" style=${{"--length": one.probability}}></i>
            <${Token} token=${asToken(one)} length=${8} /> <small>${percent(one.probability)}</small></td>`)}
          <td>${place(block) < 0 ? t("beyond {count}", {count: ranks}) : place(block) + 1}</td></tr>`)}</tbody>
    </table>
    <p class="note">${t("The last row is the model's own prediction. Blocks were not trained to be read like this, so early rows may say little.")}</p>`;
}
