/** The figures of lesson 9, as the lesson makes them, and the table that the test of ten ideas ends with. */
import {html} from "htm/preact";
import {useMemo} from "preact/hooks";
import {createCacheDrawer} from "../lessons/cache_drawer.js";
import {createLesson} from "../lessons/lesson.js";
import {createNewWord} from "../lessons/new_word.js";
import {createNextToken} from "../lessons/next_token.js";
import {createThinking} from "../lessons/thinking.js";
import {outcomes, ROUNDS} from "../tested.js";
import {TestResult} from "../views/test_result.js";
import {Specimen} from "./specimen.js";

const TEXT = {en: ["I", "I love eating"], zh: ["我", "我爱吃"]};

export function Generations({given}) {
  const {t, lang} = given, [begin, text] = TEXT[lang], hand = {model: "hand", text, word: "3", of: "decoder.blocks.0.resid_post", row: "decoder.blocks.0.resid_post"};
  return html`
    <${Specimen} given=${given} View=${Figure} title=${t("From the last row to a word")} create=${createNextToken} attributes=${hand} />
    <${Specimen} given=${given} View=${Figure} title=${t("The likeliest of many tokens")} create=${createNextToken} attributes=${{model: "decoder", text: "Once upon a"}} />
    <${Specimen} given=${given} View=${Figure} title=${t("Keys and values kept, or made again")} create=${createCacheDrawer} attributes=${{model: "hand", text: begin, site: "decoder.blocks.0.attn"}} />
    <${Specimen} given=${given} View=${Figure} title=${t("What one more word changes")} create=${createNewWord} attributes=${hand} />
    <${Specimen} given=${given} View=${Figure} title=${t("A story, a step, a question")} create=${createThinking} attributes=${{model: "decoder", people: "Mary,John", places: "kitchen,garden"}} />`;
}

/** A lesson's figure, with a lesson of its own around it. */
function Figure({t, lang, theme, create, attributes}) {
  const Live = useMemo(() => create({attributes, t, lang, theme: {value: theme}, lesson: createLesson({window, lang, t, progress: {done: () => {}}})}), [t, lang, theme]);
  return html`<${Live} />`;
}

export function Results({given}) {
  const {t} = given;
  return html`
    <${Specimen} given=${given} View=${Result} title=${t("Answered once, one left open")} rounds=${["before"]} />
    <${Specimen} given=${given} View=${Result} title=${t("Before and after")} rounds=${ROUNDS} />`;
}

const ITEMS = ["04-scaled-dot-product", "05-many-heads", "09-generation"];
const CHOSEN = {before: {M1: 1, M2: 0}, after: {M1: 0, M2: 0, M3: 1}};

function Result({t, lang, rounds}) {
  const items = ITEMS.map((lesson, i) => ({of: `M${i + 1}`, number: i + 1, lesson, title: [t("One idea"), t("Another"), t("A third")][i], options: [{right: true}, {right: false}]}));
  const kept = Object.fromEntries(ROUNDS.map((round) => [round, {chosen: CHOSEN[round], finished: rounds.includes(round)}]));
  return html`<${TestResult} ...${{t, lang, rounds}} outcomes=${outcomes(items, kept)} />`;
}
