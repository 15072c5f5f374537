/** How a lesson is looked at: theme, presentation, paper. What is chosen stands in the address, and in the links to other pages. */
import {effect} from "@preact/signals";
import {html} from "htm/preact";
import {render} from "preact";

export function showLooks({t, theme, chosen, present, article, print}) {
  const Looks = () => html`
    <button type="button" class="quiet" aria-pressed=${present.value} onClick=${() => { present.value = !present.value; }}>${t("Present")}</button>
    <button type="button" class="quiet" onClick=${() => { chosen.value = theme.value === "dark" ? "light" : "dark"; }}>${theme.value === "dark" ? t("Light") : t("Dark")}</button>`;
  render(html`<${Looks} />`, document.getElementById("looks"));
  if (article) render(html`<button type="button" class="quiet" onClick=${print}>${t("Print the worksheet")}</button>`, document.getElementById("print"));
  effect(() => {
    const words = {theme: chosen.value, present: present.value ? "on" : ""};
    history.replaceState(history.state, "", withWords(location.href, words));
    for (const link of document.querySelectorAll(".banner a, .lesson-turn a, .lesson-list a")) link.href = withWords(link.href, words);
  });
}

function withWords(href, words) {
  const address = new URL(href, location.href);
  for (const [name, value] of Object.entries(words)) {
    if (value) address.searchParams.set(name, value);
    else address.searchParams.delete(name);
  }
  return address;
}
