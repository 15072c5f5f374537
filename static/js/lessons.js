/** Starts the page of a lesson, or the list of them: what the server wrote can be read already. */
import {computed, effect, signal} from "@preact/signals";
import {attributesOf} from "./lessons/attributes.js";
import {tellProgress} from "./lessons/contents.js";
import {upgrade} from "./lessons/elements.js";
import {createLesson} from "./lessons/lesson.js";
import {showLooks} from "./lessons/looks.js";
import {createPrinting, printWhenReady} from "./lessons/printing.js";
import {createProgress} from "./lessons/progress.js";
import {translator} from "./locale.js";
import {read} from "./state.js";
import {createSurroundings} from "./surroundings.js";

const page = JSON.parse(document.getElementById("page").textContent), {lang} = page;
const t = translator(page.catalog)(lang), asked = read(location), {dark} = createSurroundings(window);
const chosen = signal(asked.theme), present = signal(asked.present === "on"), printing = createPrinting(window);
const theme = computed(() => (printing.value ? "light" : chosen.value || (dark.value ? "dark" : "light")));

effect(() => {
  document.documentElement.dataset.theme = theme.value;
  document.documentElement.toggleAttribute("data-present", present.value && !printing.value);
});

const progress = createProgress(window, page.lesson?.slug), article = document.querySelector("article.lesson");
showLooks({t, theme, chosen, present, article, print: () => printWhenReady(window, printing)});
if (page.lessons) tellProgress({t, lessons: page.lessons, progress});
if (article) {
  const lesson = createLesson({window, lang, t, progress});
  upgrade(article, {page, t, lang, theme, lesson, present, printing, article: attributesOf(article)});
  const end = new IntersectionObserver((entries) => { if (entries.some((entry) => entry.isIntersecting)) progress.wasRead(); });
  end.observe(document.querySelector(".lesson-turn"));
}
