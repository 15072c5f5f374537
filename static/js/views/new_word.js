/** What one more word changes of the rows before it: under a causal mask nothing, under a bidirectional one every row. */
import {html} from "htm/preact";
import {number} from "../format.js";
import {Token} from "./token.js";

/**
 * @param {any} props panes: of each mask {mask, tokens, before, after, apart}: tokens of the longer run, a row [feature] of each before and after the
 * word came, and how far the two are apart; name: of the rows; words: that can come, {id, text}; word: the chosen one's id
 */
export function NewWord({t, panes, name, words, word, busy, problem, on}) {
  return html`
    <div class="new-word" aria-busy=${busy}>
      <p class="buttons" role="group" aria-label=${t("The new word")}><span>${t("The new word")}</span>
        ${words.map(({id, text}) => html`<button type="button" aria-pressed=${id === word} onClick=${() => on.word(id)}><${Token} token=${{text: text.trim(), start: 0, part: null}} /></button>`)}</p>
      <div class="both">${panes.map((pane) => html`<${Pane} key=${pane.mask} ...${{t, name, ...pane}} />`)}</div>
      ${problem && html`<p class="refusal" role="alert">${problem}</p>`}
    </div>`;
}

function Pane({t, mask, name, tokens, before, after, apart}) {
  const title = mask === "causal" ? t("Causal mask") : t("Bidirectional mask"), changed = apart.filter((x) => x > 0).length;
  const row = (vector) => Array.from(vector, (x) => html`<span>${number(x, 4)}</span>`);
  return html`
    <div class="pane">
      <h3>${title}</h3>
      <div class="scroll" tabindex="0" role="region" aria-label=${title}>
        <table>
          <caption><code>${name}</code></caption>
          <thead><tr><th scope="col">${t("token")}</th><th scope="col">${t("before the word, and after it")}</th><th scope="col">${t("moved by")}</th></tr></thead>
          <tbody>${tokens.map((token, i) => html`
            <tr class=${i >= apart.length ? "new" : apart[i] > 0 ? "changed" : "same"}>
              <th scope="row"><${Token} token=${token} length=${10} /></th>
              <td>${i < apart.length && html`<div>${row(before[i])}</div>`}<div>${row(after[i])}</div></td>
              <td>${i >= apart.length ? t("new") : number(apart[i], 4)}</td>
            </tr>`)}</tbody>
        </table>
      </div>
      <p class="count" role="status">${changed === 0 ? t("Every earlier row stays as it was: what was computed can be kept.")
        : t("{changed} of {count} earlier rows changed: the next block would have to make its keys and values again.", {changed, count: apart.length})}</p>
    </div>`;
}
