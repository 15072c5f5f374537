/** Paper is light and narrow: whether the page is being printed, as a signal. */
import {signal} from "@preact/signals";

const DRAWN = 700; // ms until every figure has been drawn anew

export function createPrinting(window) {
  const media = window.matchMedia("print"), printing = signal(media.matches);
  media.addEventListener("change", () => { printing.value = media.matches; });
  window.addEventListener("beforeprint", () => { printing.value = true; });
  window.addEventListener("afterprint", () => { printing.value = media.matches; });
  return printing;
}

/** The figures are made, light and as wide as paper, before the window asks for a printer. */
export async function printWhenReady(window, printing) {
  const {documentElement: root} = window.document;
  root.toggleAttribute("data-printing", true);
  printing.value = true;
  await new Promise((done) => setTimeout(done, DRAWN));
  window.print();
  root.toggleAttribute("data-printing", false);
  printing.value = false;
}
