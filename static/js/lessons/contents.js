/** What this browser knows of the lessons that were read, on their list. */
import {signal} from "@preact/signals";
import {html} from "htm/preact";
import {render} from "preact";

export function tellProgress({t, lessons, progress}) {
  const told = signal(0);
  for (const {slug, exercises} of lessons) {
    const place = document.querySelector(`[data-slug="${slug}"] .progress`);
    if (!place) continue; // a damaged one
    const Progress = () => {
      told.value;
      const {done, read} = progress.of(slug), count = exercises.filter((name) => done.includes(name)).length;
      return html`${count > 0 && html`<span>${t("{count} of {all} exercises done", {count, all: exercises.length})}</span>`}
        ${read && html`<span class="was-read">✓ ${t("read")}</span>`}`;
    };
    render(html`<${Progress} />`, place);
  }
  const Forget = () => {
    told.value;
    return progress.any() && html`<p class="note">${t("What you have done is kept in this browser alone.")} <button type="button" class="quiet" onClick=${() => { progress.forget(); told.value++; }}>${t("Forget my progress")}</button></p>`;
  };
  render(html`<${Forget} />`, document.getElementById("forget"));
}
