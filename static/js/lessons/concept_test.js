/** The test of ten ideas: answered before the lessons and after them. What is chosen is kept in this browser alone. */
import {effect, signal} from "@preact/signals";
import {html} from "htm/preact";
import {render} from "preact";
import {open, outcomes, restored, ROUNDS} from "../tested.js";
import {Choice} from "../views/choice.js";
import {TestResult} from "../views/test_result.js";
import {answerOf, Kept} from "./kept.js";
import {Asked, LETTERS} from "./predict_question.js";

const KEY = "headlight:concept-test";

export function conceptTest(element, {t, lang, lesson}) {
  const items = Array.from(element.querySelectorAll(".items > li"), item);
  const kept = signal(restored(stored())), round = signal(begun(kept.value.after) ? "after" : "before"), answering = signal(!kept.value[round.value].finished), told = signal(false);
  effect(() => store(JSON.stringify(kept.value)));

  const change = (changes) => { kept.value = {...kept.value, [round.value]: {...kept.value[round.value], ...changes}}; };
  const chosen = () => kept.value[round.value].chosen;
  const to = (selector) => requestAnimationFrame(() => { const found = element.querySelector(selector); found?.focus(); found?.scrollIntoView({block: "start"}); });
  const on = {
    pick: (of, i) => change({chosen: {...chosen(), [of]: i}}),
    finish: () => {
      change({finished: true});
      answering.value = false;
      lesson.done(round.value);
      to(".test-result-title");
    },
    round: (next) => { round.value = next; answering.value = true; told.value = false; },
    forget: () => {
      kept.value = restored("");
      on.round("before");
      to("input");
    },
  };

  const Test = () => {
    const rounds = ROUNDS.filter((one) => kept.value[one].finished), left = open(items, chosen());
    const telling = kept.value.after.finished || told.value;
    return html`
      <div class="which-round" hidden=${!answering.value}><${Choice} legend=${t("You are answering")} value=${round.value} onChoose=${on.round}
        options=${[["before", t("before the lessons")], ["after", t("after the lessons")]]} /></div>
      <div class="test-outcome" hidden=${answering.value}>
        ${!answering.value && html`
          <h2 class="test-result-title" tabindex="-1">${rounds.length === 2 ? t("Before and after") : t("What you think now")}</h2>
          <${TestResult} ...${{t, lang, rounds}} outcomes=${outcomes(items, kept.value)} />
          <p class="actions">
            ${!telling && html`<button type="button" class="primary" onClick=${() => { told.value = true; }}>${t("Show the answers now")}</button>
              <small>${t("Or wait: after the lessons they come with your second answers.")}</small>`}
            <button type="button" class="quiet" onClick=${() => on.round(round.value)}>${t("Change my answers")}</button>
            ${round.value === "before" && html`<button type="button" class="quiet" onClick=${() => on.round("after")}>${t("Answer after the lessons")}</button>`}
            <button type="button" class="quiet" onClick=${on.forget}>${t("Forget all answers")}</button>
          </p>`}
      </div>
      <ol class="items">${items.map((one) => html`
        <li key=${one.of} id=${`item-${one.number}`} hidden=${!answering.value && !telling}>
          <h2>${one.number}. <${Kept} as="span" nodes=${one.heading} /></h2>
          <${Asked} ...${{t, name: one.of, asked: one.asked, options: one.options}} chosen=${{value: chosen()[one.of] ?? null}} round=${round.value} onPick=${(i) => on.pick(one.of, i)} />
          <div class="model-answer" hidden=${answering.value || !telling}><h3>${t("As the model does it: {letters}", {letters: one.letters})}</h3><${Kept} nodes=${one.answer} /></div>
        </li>`)}</ol>
      ${answering.value && html`
        <p class="actions finish"><button type="button" class="primary" onClick=${on.finish}>${t("Finish")}</button>
          <small role="status">${left.length === 0 ? t("All ten are answered.") : t("Still open: {numbers}", {numbers: left.join(", ")})}</small></p>`}`;
  };
  element.replaceChildren();
  render(html`<${Test} />`, element);
}

/** An item as the document has it. */
function item(li, i) {
  const list = li.querySelector("ol.options"), heading = li.querySelector("h2"), answer = answerOf(li);
  list.remove();
  heading.remove();
  const options = Array.from(list.children, (option) => ({right: option.hasAttribute("data-right"), nodes: Array.from(option.childNodes)}));
  const letters = options.flatMap(({right}, at) => (right ? [LETTERS[at]] : [])).join(", ");
  return {of: li.dataset.of, lesson: li.dataset.lesson, number: i + 1, title: heading.textContent, heading: Array.from(heading.childNodes), asked: Array.from(li.childNodes), options, answer, letters};
}

const begun = ({chosen, finished}) => finished || Object.keys(chosen).length > 0;

function stored() {
  try {
    return localStorage.getItem(KEY) ?? "";
  } catch {
    return ""; // a window that keeps nothing
  }
}

function store(text) {
  try {
    localStorage.setItem(KEY, text);
  } catch {
    // it will be forgotten
  }
}
