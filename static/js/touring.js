/** The guided tour: which of its steps is told of, and what of the page that leads to. */
import {signal} from "@preact/signals";
import {remember, toured} from "./visit.js";
import {TOUR} from "./views/tour.js";

/** @param {{document: Document, bounded: any}} page bounded: whether the panes fill the window's height */
export function createTouring({document, bounded}) {
  const tour = signal(toured() ? null : 0);
  return {
    tour,
    /** @param {number|null} step null: it is over */
    go: (step) => {
      if (step === null) {
        remember();
        if (document.activeElement.closest(".tour")) document.querySelector(".again").focus(); // the button that was pressed goes with the tour
      } else document.querySelector(TOUR[step])?.scrollIntoView({block: bounded.value ? "nearest" : "start"}); // what is told lies over the end
      tour.value = step;
    },
  };
}
