/** A question to guess at first: the guess is kept, and after playing the question comes again, this time with its answer. */
import {signal} from "@preact/signals";
import {html} from "htm/preact";
import {render} from "preact";
import {Kept, answerOf} from "./kept.js";

const questions = new Map(); // name -> what both rounds share

export function predictQuestion(element, {t, lesson}) {
  const name = element.getAttribute("name"), once = element.hasAttribute("once"), list = element.querySelector("ol.options");
  const options = Array.from(list.children, (item) => ({right: item.hasAttribute("data-right"), nodes: Array.from(item.childNodes)}));
  const answer = answerOf(element);
  list.remove();
  const question = {name, options, answer, asked: Array.from(element.childNodes), first: signal(null), second: signal(null), shown: signal(false),
    copies: copied(element, options)};
  questions.set(name, question);
  element.replaceChildren();
  const pick = (i) => {
    question.first.value = i;
    if (!once) lesson.done(name);
  };
  const Once = () => html`<${Asked} ...${question} chosen=${question.first} round="once" onPick=${pick} /><${Checked} ...${{t, question, lesson}} chosen=${question.first} />`;
  const First = () => html`
    <${Asked} ...${question} chosen=${question.first} round="first" onPick=${pick} />
    <p class="kept-guess" aria-live="polite">${question.first.value === null ? t("A guess is enough.") : t("Your guess is kept. Play first: the question comes again below.")}</p>`;
  render(html`<${once ? Once : First} />`, element);
}

export function predictAgain(element, {t, lesson}) {
  const question = questions.get(element.getAttribute("for")), {copies, first, second} = question;
  const Again = () => html`
    <${Asked} name=${question.name} asked=${copies.asked} options=${copies.options} chosen=${second} guess=${first.value} t=${t} round="again" onPick=${(i) => { second.value = i; }} />
    <${Checked} ...${{t, question, lesson}} chosen=${second} />`;
  render(html`<${Again} />`, element);
}

/** For the second round: the same words once more. */
const copied = (element, options) => ({
  asked: Array.from(element.childNodes, (node) => node.cloneNode(true)),
  options: options.map(({right, nodes}) => ({right, nodes: nodes.map((node) => node.cloneNode(true))})),
});

export function Asked({t, name, asked, options, chosen, guess = null, round, shown, onPick}) {
  return html`
    <fieldset class="question">
      <legend><${Kept} nodes=${asked} /></legend>
      ${options.map(({nodes}, i) => html`
        <label class="option ${chosen.value === i ? "is-chosen" : ""}" key=${i}>
          <input type="radio" name=${`${name}/${round}`} checked=${chosen.value === i} onChange=${() => onPick(i)} />
          <b aria-hidden="true">${LETTERS[i]}</b><${Kept} as="span" nodes=${nodes} />
          ${guess === i && html`<small class="first-guess">${t("your first guess")}</small>`}
        </label>`)}
    </fieldset>`;
}

export const LETTERS = "abcdefgh"; // of the options

function Checked({t, question: {name, options, answer, shown}, chosen, lesson}) {
  const rights = options.flatMap(({right}, i) => (right ? [i] : []));
  const check = () => {
    shown.value = true;
    lesson.done(name);
  };
  const hit = rights.includes(chosen.value);
  return html`
    <p class="actions"><button type="button" class="primary" aria-disabled=${chosen.value === null} onClick=${() => chosen.value !== null && check()}>${t("Show the answer")}</button>
      ${chosen.value === null && html`<small>${t("Choose one first.")}</small>`}</p>
    <div class="model-answer" aria-live="polite">
      ${shown.value && html`
        <h3>${hit ? t("Yes: {letters}", {letters: rights.map((i) => LETTERS[i]).join(", ")}) : t("It is {letters}", {letters: rights.map((i) => LETTERS[i]).join(", ")})}</h3>
        <${Kept} nodes=${answer} />`}
    </div>`;
}
