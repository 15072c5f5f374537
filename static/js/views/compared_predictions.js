/** What the runs predict at the chosen query: the likeliest tokens of any, side by side. */
import {html} from "htm/preact";
import {predicted, sharesIds} from "../differences.js";
import {percent} from "../format.js";
import {special} from "../labels.js";
import {LETTERS} from "../panes.js";
import {Token} from "./token.js";

export function ComparedPredictions({t, ends, match, cells, pair}) {
  const places = pair.map((pane) => ({...ends[pane], pane, position: cells[pane].query}));
  if (places.some(({trace, site, position}) => position === null || !trace.predictions.length || site.query !== trace.predicted)) return null;
  const [a, b] = pair, shared = sharesIds(ends[a], ends[b], match.between("query")(a, b).pairs), letters = pair.map((pane) => LETTERS[pane]);
  const kinds = new Set(places.map(({trace}) => (trace.model.kind === "encoder" ? "here" : "next")));
  const least = places.map(({trace, position}) => trace.predictions[position].at(-1).probability);
  return html`
    <section class="compared-predictions">
      <h3>${kinds.size > 1 ? t("What is predicted at this token") : kinds.has("here") ? t("What stands here, says the model") : t("What comes next, says the model")}</h3>
      ${kinds.size > 1 && html`<p class="note">${t("An encoder fills in what stands here, a decoder says what comes next: the same words are not to be expected.")}</p>`}
      <table class="side-table">
        <thead><tr><th scope="col">${t("token")}</th>${letters.map((letter) => html`<th scope="col">${letter}</th>`)}<th scope="col">${letters[1]} − ${letters[0]}</th></tr></thead>
        <tbody>${predicted(places, shared).map(({text, special: told, probability: [p, q]}) => html`
          <tr><th scope="row"><${Token} token=${{text, start: special({text, special: told}) ? null : 0, part: null}} length=${14} /></th>
            ${[p, q].map((x, i) => html`<td><span class="bar" style=${{"--weight": x ?? 0}}></span>${x === null ? `< ${percent(least[i])}` : percent(x)}</td>`)}
            <td class="delta">${p === null || q === null ? "" : percent(q - p)}</td></tr>`)}</tbody>
      </table>
    </section>`;
}
