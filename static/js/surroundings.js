/** What the window is like, as signals. */
import {signal} from "@preact/signals";

export function createSurroundings(window) {
  const followed = (query) => {
    const media = window.matchMedia(query), holds = signal(media.matches);
    media.addEventListener("change", () => { holds.value = media.matches; });
    return holds;
  };
  return {
    dark: followed("(prefers-color-scheme: dark)"),
    bounded: followed("(min-width: 1101px) and (min-height: 640px)"), // the panes fill the window's height, each scrolling by itself
    tall: followed("(min-width: 1101px) and (min-height: 980px)"), // room for the curve of a training beside the figures
  };
}
