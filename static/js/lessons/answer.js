/** What a figure asks of the server: the last answer stays while another is on its way. */
import {signal} from "@preact/signals";
import {html} from "htm/preact";

export function createAnswer(lesson) {
  const had = signal(null), problem = signal(""), waiting = signal(false);
  let latest = null, asked = null;
  async function ask(get) {
    asked = get;
    const mine = latest = {};
    waiting.value = true;
    problem.value = "";
    try {
      const answer = await get();
      if (latest === mine) had.value = answer;
    } catch (error) {
      if (latest === mine) problem.value = lesson.told(error);
    }
    if (latest === mine) waiting.value = false;
  }
  return {had, problem, waiting, ask, again: () => ask(asked)};
}

/** View: what is shown of an answer, given as `had`. */
export function Answered({t, answer, View}) {
  const had = answer.had.value, problem = answer.problem.value;
  return html`
    ${problem && html`<p class="refusal" role="alert">${problem} <button type="button" class="quiet" onClick=${answer.again}>${t("Try again")}</button></p>`}
    ${had ? View({had}) : !problem && html`<p class="waiting">${t("Loading…")}</p>`}`;
}
