/** Leads the visitor to a part of the page: it comes into view, or the keyboard goes on from there. */

const OPENER = ".step-strip .toggle"; // of the step player, where nothing else opened it

/** @param {Window} window */
export function createLeading(window) {
  const {document} = window;
  const painted = () => new Promise((done) => { window.requestAnimationFrame(() => setTimeout(done)); });
  const find = (parts) => parts.map((part) => document.querySelector(part)).find(Boolean);
  let opener = null; // what had the focus as the step player opened

  return {
    /** Brings a part into view that begins in the lower half of the window or out of it; takes: the focus goes with it. */
    show: async (part, {takes = false} = {}) => {
      await painted();
      const node = document.querySelector(part), {top} = node.getBoundingClientRect();
      if (top >= 0 && top < window.innerHeight / 2) return;
      const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
      node.scrollIntoView({block: "start", behavior: still ? "auto" : "smooth"});
      if (takes) node.focus({preventScroll: true});
    },
    /** The keyboard goes to the first of these parts that is there. */
    focus: (...parts) => find(parts)?.focus(),
    opened: () => { opener = document.activeElement; },
    /** To what opened the step player, unless it was the strip's own button that closed it. */
    back: async (options) => {
      await painted();
      if (document.activeElement?.matches(OPENER)) return;
      (opener?.isConnected && opener !== document.body ? opener : document.querySelector(OPENER))?.focus(options);
    },
  };
}
