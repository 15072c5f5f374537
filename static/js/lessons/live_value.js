/** Numbers in the text. The server wrote them; where the lesson's run is edited, they follow. */
import {effect} from "@preact/signals";
import {merged, runOf} from "../lesson_run.js";
import {digitsFor, indexOf, numberOf, numbersAt, written} from "../trace_number.js";
import {attributesOf} from "./attributes.js";

export function liveValue(element, page) {
  follow(element, page, (trace, {of, digits, as, measure, "data-index": index, "data-axis": axis}) =>
    written(numberOf(trace, {of, index, measure, axis}), {digits: digits === undefined ? null : Number(digits), percent: as === "percent"}));
}

export function liveVector(element, page) {
  follow(element, page, (trace, {of, digits, "data-index": index}) => {
    const numbers = numbersAt(trace.tensors[of], indexOf(index)), places = digits === undefined ? digitsFor(numbers) : Number(digits);
    return `[${numbers.map((x) => written(x, {digits: places})).join(" ")}]`;
  });
}

/** Facts and the runs of other models stay what they are: an edit is one of the lesson's own model. */
function follow(element, {lesson, article}, read) {
  const own = attributesOf(element), attributes = merged(article, own), first = element.textContent;
  if (!("data-index" in own) || attributes.model !== article["data-model"]) return;
  let asked = 0;
  effect(() => {
    const edits = lesson.edits.value, mine = ++asked;
    if (edits.length) now(edits, mine);
    else show(first);
  });

  async function now(edits, mine) {
    element.classList.add("waiting-value");
    try {
      const trace = await lesson.trace({...runOf(attributes), edits, names: [attributes.of]});
      if (mine === asked) show(read(trace, attributes));
    } catch {
      if (mine === asked) show(first); // what was refused is told by the figure that asked for it
    }
  }

  function show(text) {
    element.classList.remove("waiting-value");
    element.classList.toggle("changed-value", text !== first);
    if (element.textContent !== text) element.textContent = text;
  }
}
