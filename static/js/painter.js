/** Painting a mask by hand: the word is in the address with every stroke, and the model runs once the hand rests. */
import {BLANK, MOST, changed, paintingOf, wordOf} from "./painting.js";
import {spelt} from "./series.js";

const REST = 150; // milliseconds: several strokes in a row are one run

/**
 * @param {{state: any, draft: any, trace: any, modelOf: (id: string) => any, stop: () => void, run: (options: any) => void}} page
 * stop: whatever is being made or played
 */
export function createPainter({state, draft, trace, modelOf, stop, run}) {
  let due;

  /** The mask that is shown as a painted one, where that has not too many cells. */
  function begun() {
    if (!trace.value) return BLANK;
    const {tokens, predicted, sites, model} = trace.value, n = tokens[predicted].length;
    const {mask} = sites.find((site) => site.query === predicted && site.key === predicted);
    const now = paintingOf(mask, modelOf(model.id).mask, n, n);
    return changed(now) > MOST ? BLANK : wordOf(now);
  }

  function paint(mask) {
    stop();
    keepTarget();
    state.mask.value = mask;
    clearTimeout(due);
    due = setTimeout(() => run({step: false, sentence: {text: state.text.value, target: state.target.value}}), REST);
  }

  /** A translation that the model wrote is what it reads from now on: under another mask it would write another, and the cells are of this one. */
  function keepTarget() {
    const {model, tokens} = trace.value;
    if (model.kind !== "encoder-decoder" || state.target.value || state.written.value !== null) return;
    const target = spelt(tokens.target);
    state.target.value = target;
    draft.value = {...draft.value, target};
  }

  return {begun, paint, rest: () => clearTimeout(due)};
}
