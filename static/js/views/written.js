/** What the model has written so far, and the buttons that write on and go back. */
import {html} from "htm/preact";
import {label, over} from "../labels.js";
import {Token} from "./token.js";

/** @param {any} props begun: the first written position, null where nothing was written */
export function Written({t, trace, begun, writing: {step, going, problem, waiting}, on}) {
  const tokens = begun === null ? [] : trace.tokens.target.slice(begun), line = step?.line;
  const ended = line && over(line), full = step && !line && !waiting;
  return html`
    <section class="written">
      <h2>${trace.model.kind === "decoder" ? t("Written so far") : t("Translated so far")}</h2>
      ${tokens.length === 0 ? html`<p class="note">${trace.model.kind === "decoder"
        ? t("Nothing yet. Each token that is written is read again with all before it.")
        : t("Nothing yet. The source is read once; each token of the target is written looking at it.")}</p>` : html`
        <ol class="tokens" aria-label=${t("Written tokens: a press goes back to before one")}>${tokens.map((token, i) => html`
          <li><button type="button" onClick=${() => on.write.back(i)} title=${t("Go back to before {token}", {token: label(token)})}
            aria-label=${t("Go back to before {token}", {token: label(token)})}><${Token} token=${token} /></button></li>`)}</ol>`}
      <p class="buttons">
        <button type="button" class="primary" disabled=${!line || ended || waiting || going} onClick=${() => on.write.pick(line.id)}>${t("One token")}</button>
        <button type="button" aria-pressed=${going} disabled=${!going && (!line || ended)} onClick=${on.write.go}>${going ? t("Stop") : t("Write on")}</button>
        <button type="button" disabled=${tokens.length === 0} onClick=${() => on.write.back(tokens.length - 1)}>${t("Take back")}</button>
      </p>
      <p class="note" role="status">${problem ? html`<span class="refusal">${problem} <button type="button" class="quiet" onClick=${on.write.again}>${t("Try again")}</button></span>`
        : ended ? t("The model ends its text here: the next token is {token}.", {token: label({text: line.text, start: null})})
          : full ? t("The model reads no more tokens than these: there is no room for another.") : ""}</p>
    </section>`;
}
