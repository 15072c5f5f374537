/** The drawer of keys and values: with it, one row is made for each new token; without it, every row is made again. */
import {html} from "htm/preact";
import {number} from "../format.js";
import {DOTS, dots} from "../rereading.js";
import {Token} from "./token.js";

/**
 * @param {any} props tokens: that the model read or wrote; rows: of each, {k, v}, [head][d_head]; place: how many tokens are read, from 1;
 * found: {rows, told}, how far keys and values, and what was told of the next token, are from a run without a cache; null while unknown
 */
export function CacheDrawer({t, tokens, rows, place, found, problem, on}) {
  const last = tokens.length;
  return html`
    <div class="cache-drawer">
      <p class="buttons">
        <button type="button" disabled=${place === 1} onClick=${() => on.place(place - 1)}>${t("One back")}</button>
        <button type="button" class="primary" disabled=${place === last} onClick=${() => on.place(place + 1)}>${t("Next token")}</button>
        <span role="status">${t("{place} of {last} tokens read", {place, last})}</span>
      </p>
      <div class="both">
        <${Drawer} ...${{t, tokens, rows, place}} way="cached" title=${t("With a cache")} />
        <${Drawer} ...${{t, tokens, rows, place}} way="anew" title=${t("Without one")} />
      </div>
      <p class="checked" role="status">${problem ? html`<span class="refusal">${problem}</span>` : found
        ? t("Measured just now on two runs, one with a cache and one without: kept keys and values differ by at most {rows}, the probabilities of the next token by {told}, which is rounding.", {
          rows: number(found.rows, 2), told: number(found.told, 2)})
        : t("Loading…")}</p>
    </div>`;
}

function Drawer({t, tokens, rows, place, way, title}) {
  const made = (i) => way === "anew" || i === place - 1;
  return html`
    <div class="drawer">
      <h3>${title}</h3>
      <div class="scroll" tabindex="0" role="region" aria-label=${title}>
        <table>
          <thead><tr><th scope="col">${t("token")}</th><th scope="col" class="of-key">K</th><th scope="col" class="of-value">V</th><th scope="col"><span class="unseen">${t("kept or made")}</span></th></tr></thead>
          <tbody>${tokens.map((token, i) => (i < place ? html`
            <tr class=${made(i) ? "made" : "kept"}>
              <th scope="row"><${Token} token=${token} length=${10} /></th>
              <td class="of-key"><${Heads} vectors=${rows[i].k} /></td><td class="of-value"><${Heads} vectors=${rows[i].v} /></td>
              <td>${made(i) ? t("made now") : t("kept as it was")}</td>
            </tr>` : html`<tr class="empty"><th scope="row">·</th><td></td><td></td><td></td></tr>`))}</tbody>
        </table>
      </div>
      <p class="count">${way === "cached"
        ? t("Queries at work: 1. Dot products per head: {now} now, {all} so far.", {now: DOTS[way](place), all: dots(way, place)})
        : t("Queries at work: {place}. Dot products per head: {now} now, {all} so far.", {place, now: DOTS[way](place), all: dots(way, place)})}</p>
    </div>`;
}

const Heads = ({vectors}) => vectors.map((vector, head) => html`${head > 0 && html`<b class="bar-between">|</b>`}${vector.map((x) => html`<span>${number(x, 3)}</span>`)}`);
