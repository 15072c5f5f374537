/** Whether a run used another mask than its model was trained with. */
import {maskName} from "./names.js";

/**
 * The native mask's name where the run used another one; "" where the model saw what it was trained to see, nothing is known of it,
 * or its weights were written by hand, not learned.
 */
export function offTraining(t, trace, models) {
  const known = trace.file ? undefined : models.find((m) => m.id === trace.model.id), native = known?.editable ? undefined : known?.mask;
  const main = trace.sites.find((s) => s.query === trace.predicted && s.query === s.key);
  return native && JSON.stringify(main.mask) !== JSON.stringify(native) && !readsDocument(trace, main) ? maskName(t, native) : "";
}

/** A decoder also learns from documents, source <sep> translation, of which all see the source: model/training/tasks.py. */
export function readsDocument(trace, site) {
  const separator = trace.tokens[site.key].findIndex(({text, start}) => start === null && text === "<sep>");
  return trace.model.kind === "decoder" && separator > 0 && site.mask.prefix === separator + 1;
}
