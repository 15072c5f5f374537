/** A figure in the text: made when it is nearly in sight, from the lesson's run. */
import {effect} from "@preact/signals";
import {html} from "htm/preact";
import {render} from "preact";
import {merged} from "../lesson_run.js";
import {attributesOf} from "./attributes.js";
import {FIGURES} from "./figures.js";

const NEAR = "600px", PLAYED = ["click", "input", "keydown"];

export function liveFigure(element, page) {
  const attributes = merged(page.article, attributesOf(element)), caption = attributes.caption;
  const make = () => {
    const Figure = FIGURES[attributes.view]({attributes, ...page});
    element.replaceChildren();
    element.classList.add("is-live");
    render(html`<figure class="lesson-figure of-${attributes.view}"><${Figure} />${caption && html`<figcaption>${caption}</figcaption>`}</figure>`, element);
    if (attributes.name) for (const event of PLAYED) element.addEventListener(event, () => page.lesson.done(attributes.name), {once: true});
  };
  const watch = new IntersectionObserver((entries) => { if (entries.some((entry) => entry.isIntersecting)) begin(); }, {rootMargin: NEAR});
  const begin = () => {
    watch.disconnect();
    if (!element.classList.contains("is-live")) make();
  };
  watch.observe(element);
  effect(() => { if (page.printing.value) queueMicrotask(begin); }); // paper has no scrolling
}
