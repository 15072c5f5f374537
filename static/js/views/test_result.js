/** The ten ideas, before the lessons and after them, one beside the other. No points: a lesson for each that is still another. */
import {html} from "htm/preact";

/** @param {any} props outcomes: as tested.js tells them, each item with title, lesson and number; rounds: those that are finished */
export function TestResult({t, lang, outcomes, rounds}) {
  const head = {before: t("before"), after: t("after")}, missed = outcomes.filter((one) => one.missed).length;
  return html`
    <div class="test-result">
      <table>
        <thead><tr><th scope="col">${t("idea")}</th>${rounds.map((round) => html`<th scope="col">${head[round]}</th>`)}<th scope="col">${t("where it is shown")}</th></tr></thead>
        <tbody>${outcomes.map(({item, missed: again, ...became}) => html`
          <tr key=${item.of} class=${again ? "again" : ""}>
            <th scope="row">${item.number}. ${item.title}</th>
            ${rounds.map((round) => html`<td class=${became[round]}><small class="when" aria-hidden="true">${head[round]} </small>${said(t, became[round])}</td>`)}
            <td><a href=${`/lessons/${item.lesson}?lang=${lang}`}>${again ? t("Go to lesson {number}", {number: Number(item.lesson.slice(0, 2))}) : t("lesson {number}", {number: Number(item.lesson.slice(0, 2))})}</a></td>
          </tr>`)}</tbody>
      </table>
      <p class="note">${missed === 0 ? t("All ten are as the model does it.") : t("Where it says another idea, the lesson shows the number that speaks against it.")}</p>
    </div>`;
}

const MARKS = {right: "●", other: "○", open: "–"};

const said = (t, verdict) => html`<span aria-hidden="true">${MARKS[verdict]} </span>${{right: t("as the model"), other: t("another idea"), open: t("left open")}[verdict]}`;
