/** A table with cells to fill in. Once they are right, more of them are blank: a cell, the row, the table. */
import {signal} from "@preact/signals";
import {html} from "htm/preact";
import {render} from "preact";
import {isRight, typed} from "../typed_number.js";
import {FillTable} from "../views/fill_table.js";
import {answerOf, Kept} from "./kept.js";

const LEVELS = ["cell", "row", "table"];

export function fillBlanks(element, {t, lesson}) {
  answerOf(element); // the table itself is filled in
  const table = element.querySelector("table.numbers"), {columns, rows} = tableOf(table), within = Number(element.getAttribute("within") ?? 0.01);
  table.remove();
  const prompt = Array.from(element.childNodes), cells = rows.flatMap((row) => row.cells);
  const steps = LEVELS.slice(LEVELS.indexOf(element.getAttribute("blanks"))).filter((level, i) => i === 0 || cells.some((cell) => cell.level === level));
  const state = {level: signal(0), texts: signal({}), checked: signal(false), shown: signal(false)};
  const blank = (cell) => LEVELS.indexOf(cell.level) <= LEVELS.indexOf(steps[state.level.value]);
  const right = (cell) => isRight(state.texts.value[cell.id] ?? "", cell.value, typed(cell.shown), within);
  const open = () => cells.filter(blank);

  const on = {
    type: (id, text) => { state.checked.value = false; state.texts.value = {...state.texts.value, [id]: text}; },
    check: () => {
      state.checked.value = true;
      if (open().every(right)) lesson.done(element.getAttribute("name"));
    },
    show: () => {
      state.texts.value = {...state.texts.value, ...Object.fromEntries(open().map(({id, shown}) => [id, shown]))};
      state.shown.value = state.checked.value = true;
    },
    harder: () => {
      state.level.value++;
      state.texts.value = {};
      state.checked.value = state.shown.value = false;
      requestAnimationFrame(() => element.querySelector("input")?.focus());
    },
  };
  const Exercise = () => html`
    <${Kept} nodes=${prompt} class="prompt" />
    <${FillTable} ...${{t, columns, rows, blank, right, on}} texts=${state.texts.value} checked=${state.checked.value} shown=${state.shown.value}
      next=${steps[state.level.value + 1] ?? null} label=${element.getAttribute("label") ?? t("Numbers to fill in")} />`;
  element.replaceChildren();
  render(html`<${Exercise} />`, element);
}

/** The table that the server made, as data. */
function tableOf(table) {
  const columns = Array.from(table.querySelectorAll("thead th"), (th) => th.textContent);
  const rows = Array.from(table.querySelectorAll("tbody tr"), (tr, i) => ({
    head: tr.querySelector("th")?.textContent ?? null,
    cells: Array.from(tr.querySelectorAll("td"), (td, j) => ({id: `${i}.${j}`, level: td.dataset.level, value: Number(td.dataset.value), shown: td.dataset.shown})),
  }));
  return {columns, rows};
}
