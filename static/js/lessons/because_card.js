/** One sentence to be finished in the reader's own words, then compared with another. What is written is kept nowhere. */
import {signal} from "@preact/signals";
import {html} from "htm/preact";
import {render} from "preact";
import {Kept, answerOf} from "./kept.js";

export function becauseCard(element, {t, lesson}) {
  const answer = answerOf(element), prompt = Array.from(element.childNodes), shown = signal(false);
  const compare = () => {
    shown.value = true;
    lesson.done(element.getAttribute("name"));
  };
  const Card = () => html`
    <${Kept} nodes=${prompt} class="prompt" />
    <label class="own-words"><span class="caption">${t("Your sentence")}</span><textarea rows="3"></textarea></label>
    <p class="actions"><button type="button" class="primary" aria-expanded=${shown.value} onClick=${compare}>${t("Compare")}</button>
      <small>${t("What you write stays on this page.")}</small></p>
    <div class="model-answer" aria-live="polite">${shown.value && html`<h3>${t("One way to say it")}</h3><${Kept} nodes=${answer} />`}</div>`;
  element.replaceChildren();
  render(html`<${Card} />`, element);
}
