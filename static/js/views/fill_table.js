/** A table of numbers, some of them to be typed in; what is right is marked, what is not yet is left open. */
import {html} from "htm/preact";

/** @param {any} props next: what would be blank after this level; null: all of it has been done */
export function FillTable({t, label, columns, rows, blank, right, texts, checked, shown, next, on}) {
  const open = rows.flatMap((row) => row.cells).filter(blank), hits = open.filter(right).length, done = checked && hits === open.length;
  const submit = (event) => { event.preventDefault(); on.check(); };
  return html`
    <form class="fill-table" onSubmit=${submit}>
      <table class="numbers" aria-label=${label}>
        <thead><tr>${rows[0].head !== null && html`<td></td>`}${columns.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
        <tbody>${rows.map((row) => html`
          <tr>${row.head !== null && html`<th scope="row">${row.head}</th>`}
            ${row.cells.map((cell, j) => html`<td key=${cell.id} data-level=${cell.level}>${blank(cell)
              ? html`<${Blank} ...${{t, cell, checked, on}} hit=${checked && right(cell)} text=${texts[cell.id] ?? ""} name=${[row.head, columns[j]].filter(Boolean).join(", ")} />`
              : cell.shown}</td>`)}
          </tr>`)}</tbody>
      </table>
      <p class="actions">
        <button type="submit" class="primary">${t("Check")}</button>
        ${!done && html`<button type="button" class="quiet" onClick=${on.show}>${t("Show the numbers")}</button>`}
        ${done && next && html`<button type="button" class="quiet" onClick=${on.harder}>${next === "row" ? t("Now the whole row") : t("Now the whole table")}</button>`}
      </p>
      <p class="verdict" role="status">${checked && said(t, {hits, of: open.length, done, shown, next})}</p>
    </form>`;
}

function said(t, {hits, of, done, shown, next}) {
  if (done && shown) return t("These are the numbers. Look at how each comes about, then go on.");
  if (done) return next ? t("All right.") : t("All right, and all of it by yourself.");
  return t("{hits} of {of} so far. What is marked ✓ is right; look at the others again.", {hits, of});
}

function Blank({t, cell, hit, checked, text, name, on}) {
  return html`<span class="blank ${hit ? "is-right" : checked ? "is-open" : ""}">
    <input type="text" inputmode="text" autocomplete="off" autocapitalize="off" spellcheck=${false} size="7" value=${text}
      aria-label=${hit ? t("{place}: right", {place: name}) : name} onInput=${(event) => on.type(cell.id, event.target.value)} />
    <b aria-hidden="true">${hit ? "✓" : ""}</b></span>`;
}
