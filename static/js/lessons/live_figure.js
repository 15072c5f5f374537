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
    holdFocus(element);
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

const SETTLES = 2500; // ms, after which a figure has the size that it keeps
let byKeys = false; // whether the page was last moved through by keys
for (const event of ["keydown", "wheel", "touchmove", "pointerdown"]) addEventListener(event, () => { byKeys = event === "keydown"; }, {passive: true});

/** What the keyboard has come to behind a figure stays in sight while that grows. */
function holdFocus(element) {
  const watch = new ResizeObserver(() => {
    const focused = document.activeElement, behind = element.compareDocumentPosition(focused) & Node.DOCUMENT_POSITION_FOLLOWING;
    if (byKeys && behind) focused.scrollIntoView({block: "nearest", behavior: "instant"});
  });
  watch.observe(element);
  setTimeout(() => watch.disconnect(), SETTLES);
}
