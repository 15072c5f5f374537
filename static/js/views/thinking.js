/** How much is computed one after the other before a token: the prompt goes through the blocks once, then each written token does. */
import {html} from "htm/preact";
import {percent} from "../format.js";
import {special} from "../labels.js";
import {Choice} from "./choice.js";
import {Token} from "./token.js";

/**
 * @param {any} props people: that can be asked about; asked: the one who is; step: what stands before the question, "none", "right" or "wrong";
 * prompt: the parts of what is read, {words, own}; tokens: of the prompt; written: the tokens that came, {id, text}; blocks: of the model;
 * top: the likeliest tokens now, {id, text, probability}; due: the place that the story says
 */
export function Thinking({t, people, asked, step, prompt, tokens, written, blocks, top, due, busy, problem, on}) {
  const passes = blocks * (written.length + 1);
  return html`
    <div class="thinking" aria-busy=${busy}>
      <div class="dials-of-story">
        <${Choice} legend=${t("Asked about")} value=${asked} options=${people.map((name) => [name, name])} onChoose=${on.asked} />
        <${Choice} legend=${t("Written before the question")} value=${step} onChoose=${on.step}
          options=${[["none", t("nothing")], ["right", t("a true sentence")], ["wrong", t("a false sentence")]]} />
      </div>
      <p class="prompt"><bdi lang="en">${prompt.map(({words, own}) => html`<span class=${own ? "own-step" : ""}>${words}</span> `)}<b>${written.map(({text}) => text).join("")}</b></bdi></p>
      <table>
        <caption>${t("What this model says comes next. Marked: where the story puts {name}.", {name: asked})}</caption>
        <tbody>${top.map((one) => html`
          <tr key=${one.id} class=${one.text === ` ${due}` ? "due" : ""}>
            <th scope="row"><${Token} token=${{text: special(one) ? one.text : one.text.trim(), start: special(one) ? null : 0, part: null}} />${one.text === ` ${due}` && html`<span aria-hidden="true"> ◂</span>`}</th>
            <td class="share"><i class="length" style=${{"--length": one.probability}}></i><span>${percent(one.probability)}</span></td></tr>`)}</tbody>
      </table>
      <p class="buttons">
        <button type="button" class="primary" disabled=${busy || !top.length || special(top[0])} onClick=${() => on.write(top[0])}>${t("Write the likeliest")}</button>
        <button type="button" disabled=${busy || written.length === 0} onClick=${on.back}>${t("Take back")}</button>
      </p>
      <div class="ladder" tabindex="0" role="img" aria-label=${t("{count} tokens of the prompt go through {blocks} blocks at once; {written} written tokens after them, one by one.", {count: tokens, blocks, written: written.length})}>
        <${Column} ...${{t, blocks}} wide=${true} name=${t("{count} tokens at once", {count: tokens})} />
        ${written.map((token) => html`<${Column} blocks=${blocks} name=${token.text.trim() || token.text} />`)}
      </div>
      <p class="passes" role="status">${t("Blocks one after the other before the next token: {blocks} × ({written} + 1) = {passes}", {blocks, written: written.length, passes})}</p>
      ${problem && html`<p class="refusal" role="alert">${problem}</p>`}
    </div>`;
}

/** The blocks that a token goes through, the first at the bottom. */
function Column({t, blocks, name, wide = false}) {
  return html`<span class="column ${wide ? "wide" : ""}">${Array.from({length: blocks}, (_, i) => html`<i>${wide ? t("block {block}", {block: blocks - 1 - i}) : blocks - 1 - i}</i>`)}<small>${name}</small></span>`;
}
