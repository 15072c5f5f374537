/** Another token in place of the chosen one: what the model itself would put there, or any of the vocabulary. */
import {html} from "htm/preact";
import {useState} from "preact/hooks";
import {percent} from "../format.js";
import {label} from "../labels.js";
import {hiding, sought} from "../vocabulary.js";
import {listed} from "./both_predictions.js";
import {closes, leaves} from "./menu.js";
import {Token} from "./token.js";

/**
 * @param {any} props token, position, side: what is swapped; candidates: the model's own for this place; swapped, original: whether
 * another one stood there, and which, null while that is not known; vocabulary: undefined while it is not here; onSwap: takes an id, null for the original
 */
export function SwapMenu({t, token, position, side, encoder, candidates, swapped, original, vocabulary, onOpen, onSwap}) {
  const [words, setWords] = useState(""), [open, setOpen] = useState(false);
  const name = {token: label(token), position};
  const put = (event, id) => {
    event.currentTarget.closest("details").open = false;
    setWords("");
    onSwap(id);
  };
  const others = candidates.filter((one) => one.id !== token.id && listed(one).start !== null);
  const found = vocabulary?.texts ? sought(vocabulary, words).filter(({id}) => id !== token.id) : [];
  const mask = encoder && vocabulary?.texts ? hiding(vocabulary) : null;
  return html`
    <details class="swap-menu menu" onKeyDown=${closes} onFocusOut=${leaves} 
      onToggle=${(event) => { setOpen(event.currentTarget.open); if (event.currentTarget.open) onOpen(); }}>
      <summary aria-label=${t("Swap token {position}: {token}", name)}>${t("Swap…")}</summary>
      ${open && html`<div class="panel" tabindex="-1">
        <h3>${t("In place of")} <span class="of-${side}"><${Token} token=${token} /><sub>${position}</sub></span></h3>
        ${token.start === null && !swapped ? html`<p class="note">${t("Special tokens stay where they are.")}</p>` : html`
          <div class="choices-of-tokens">
            ${swapped && html`<button type="button" onClick=${(event) => put(event, null)}>${t("put back")} ${original && html`<${Token} token=${original} />`}</button>`}
            ${mask !== null && mask !== token.id && html`<button type="button" onClick=${(event) => put(event, mask)}>${t("hide this word")} <${Token} token=${listed({text: "<mask>"})} /></button>`}
          </div>
          ${others.length > 0 && html`
            <p class="caption">${t("What the model expects here")}</p>
            <div class="choices-of-tokens">
              ${others.map(({id, text, special, probability}) => html`
                <button type="button" onClick=${(event) => put(event, id)}><${Token} token=${listed({text, special})} /> <small>${percent(probability)}</small></button>`)}
            </div>`}
          <label><span class="caption">${t("Search the vocabulary: what you type stays in this browser")}</span>
            <input type="search" value=${words} autocomplete="off" spellcheck="false" disabled=${!vocabulary?.texts} onInput=${(event) => setWords(event.currentTarget.value)} /></label>
          <div class="choices-of-tokens" role="status">
            ${vocabulary?.problem ? html`<p class="note warning">${vocabulary.problem} <button type="button" class="quiet" onClick=${onOpen}>${t("Try again")}</button></p>`
              : !vocabulary ? html`<p class="note">${t("Loading…")}</p>`
                : found.length ? found.map(({id, text}) => html`
                  <button type="button" onClick=${(event) => put(event, id)}><${Token} token=${listed({text})} /></button>`)
                  : words.trim() && html`<p class="note">${t("No token of this model holds these letters. A longer word is several tokens: swap them one by one.")}</p>`}
          </div>`}
      </div>`}
    </details>`;
}
