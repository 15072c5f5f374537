/** From the last row to the next token: its logits, what a temperature makes of them, and the token that is written. */
import {html} from "htm/preact";
import {number, percent} from "../format.js";
import {written} from "../trace_number.js";
import {entropy, LEAST, MOST, ranked, ratio, STEP, warmed} from "../temperature.js";
import {Token} from "./token.js";
import {asToken} from "./candidates.js";

export const SHOWN = 8; // tokens of a large vocabulary

/**
 * @param {any} props tokens: that were read, the first `given` of them not written here; row: the last row before the logits; logits: of what follows it;
 * texts: id -> how it is spelt, of those that are shown; busy: a run is on its way; full: there is no room for another token
 */
export function NextToken({t, tokens, given, row, logits, texts, temperature, busy, full, problem, on}) {
  const shown = ranked(logits, SHOWN).filter(({id}) => texts.has(id)), [first, second] = shown;
  const warm = warmed(logits, temperature), plain = warmed(logits, 1);
  const name = (id) => texts.get(id).trim() || texts.get(id);
  return html`
    <div class="next-token" aria-busy=${busy}>
      <p class="read-so-far"><span class="caption">${t("Read so far")}</span>
        ${tokens.map((token, i) => html`<span class="${i >= given ? "is-written" : ""} ${i === tokens.length - 1 ? "is-query" : ""}"><${Token} token=${token} /></span>`)}
        <span class="gap" aria-label=${t("the next token")}>?</span></p>
      <p class="note">${row ? t("Only the last row is asked: [{row}] times the unembedding gives one logit for each word.", {row: Array.from(row, (x) => number(x, 4)).join("  ")})
        : t("Only the last row is asked: times the unembedding it gives one logit for each token.")}</p>
      <p class="heat"><label>${t("Temperature")}
        <input type="range" min=${LEAST} max=${MOST} step=${STEP} value=${temperature} aria-valuetext=${number(temperature, 2)} onInput=${(e) => on.temperature(Number(e.currentTarget.value))} /></label>
        <output>T = ${temperature.toFixed(1)}</output>
        <span class="warmths" role="group" aria-label=${t("Temperature")}>${[0.5, 1, 2].map((one) => html`
          <button type="button" aria-pressed=${one === temperature} onClick=${() => on.temperature(one)}>${one}</button>`)}</span></p>
      <table>
        <caption>${t("A press on a word writes it. Grey: its share at temperature 1.")}</caption>
        <thead><tr><th scope="col">${t("next")}</th><th scope="col">logit</th><th scope="col">÷ T</th><th scope="col">${t("share")}</th></tr></thead>
        <tbody>${shown.map(({id, logit}) => html`
          <tr key=${id}>
            <th scope="row"><button type="button" disabled=${busy || full} title=${t("Write this token")} onClick=${() => on.pick(id)}><${Token} token=${asToken({text: name(id)})} length=${12} /></button></th>
            <td>${written(logit)}</td><td>${written(logit / temperature)}</td>
            <td class="share"><i class="before" style=${{"--length": plain[id]}}></i><i class="length" style=${{"--length": warm[id]}}></i><span>${percent(warm[id])}</span></td>
          </tr>`)}</tbody>
      </table>
      <p class="told" role="status">${t("{first} is {ratio} times as likely as {second}. Entropy {bits} bits; all {count} alike would be {most}.", {
        first: name(first.id), second: name(second.id), ratio: number(ratio(first.logit, second.logit, temperature), 4), bits: entropy(warm).toFixed(3),
        count: logits.length, most: Math.log2(logits.length).toFixed(3)})}</p>
      <p class="buttons">
        <button type="button" class="primary" disabled=${busy || full} onClick=${() => on.pick(first.id)}>${t("Write the likeliest")}</button>
        <button type="button" disabled=${busy || full} onClick=${on.draw}>${t("Roll the dice")}</button>
        <button type="button" disabled=${busy || tokens.length === given} onClick=${on.back}>${t("Take back")}</button>
      </p>
      ${full && html`<p class="note" role="status">${t("There is no room for another token.")}</p>`}
      ${problem && html`<p class="refusal" role="alert">${problem}</p>`}
    </div>`;
}
