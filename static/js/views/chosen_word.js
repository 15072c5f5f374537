/** The chosen token and its word: hidden, shown again, or with another token in its place. */
import {html} from "htm/preact";
import {isHidden} from "../hidden.js";
import {Token} from "./token.js";

/**
 * @param {any} props tokens: of the run; plain: the sentence's own, null while they are not known; word: the positions of the chosen word;
 * mask: the id of the token that hides, null where the model has none, undefined while that is not known; edited: whether another token
 * stands at the position; put: takes positions and a token's id, null for the sentence's own
 */
export function ChosenWord({t, section, tokens, plain, position, word, edited, vocabulary, mask, put, onLoad}) {
  const token = tokens[position], hidden = isHidden(token), own = plain?.[position], waits = typeof mask !== "number";
  const gone = word.every((i) => isHidden(tokens[i])), fixed = token.start === null && !hidden;
  return html`
    <section class="chosen-word" ref=${section} tabindex="-1" aria-label=${t("The chosen token")}>
      <h2>${t("The chosen token")} <span class="of-query"><${Token} token=${token} /><sub>${position}</sub></span></h2>
      ${word.length > 1 && html`<p class="note">${t("Part of the word")} ${word.map((i) => html`<${Token} key=${i} token=${(plain ?? tokens)[i]} /> `)}</p>`}
      ${edited && own && html`<p class="note">${hidden ? t("Hidden. Here stood") : t("You put it here in place of")} <${Token} token=${own} /></p>`}
      ${fixed ? html`<p class="note">${t("Special tokens stay where they are.")} ${t("Choose another one in the row above.")}</p>` : html`
        <p class="buttons">
          <button type="button" key="token" disabled=${!hidden && waits} onClick=${() => put([position], hidden ? null : mask)}>${hidden ? t("Show it again") : t("Hide this token")}</button>
          ${word.length > 1 && html`<button type="button" key="word" disabled=${!gone && waits} onClick=${() => put(word, gone ? null : mask)}>${gone ? t("Show the word again") : t("Hide the word")}</button>`}
          ${edited && !hidden && html`<button type="button" key="back" onClick=${() => put([position], null)}>${t("Put it back")}</button>`}
        </p>`}
      <p class="note" role="status">${vocabulary?.problem ? html`<span class="refusal">${t("The vocabulary could not be had, so nothing can be hidden: {problem}", {problem: vocabulary.problem})}${" "}
          <button type="button" class="quiet" onClick=${onLoad}>${t("Try again")}</button></span>`
        : mask === null ? t("This model has no token that hides a word.") : mask === undefined ? t("Loading the vocabulary…") : ""}</p>
    </section>`;
}
