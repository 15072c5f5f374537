/** Further tensors that a panel beside the figure needs of the shown run; the ones before stay until they are here. */
import {computed, effect, signal} from "@preact/signals";

/** What a panel of writing needs beside what the page has. */
export const NEEDED = {next: ["next_probabilities"], lens: ["lens_ids", "lens_probabilities"]};

/** What is asked of this run for a panel: nothing where it cannot have it. */
export const neededOf = (trace, panel) => (trace.file || trace.model.kind === "encoder" || !trace.predictions.length || (panel === "lens" && trace.alone) ? [] : NEEDED[panel] ?? []);

/**
 * @param {{trace: any, names: any, bring: (trace: any, names: string[], signal: AbortSignal) => Promise<any>, told: (error: any) => string}} page
 * trace, names: signals; names: of what the panel that is open needs, none where it needs nothing
 */
export function createAsides({trace, names, bring, told}) {
  const held = signal(null); // {of: the run, ...what came of it}
  const problem = signal(""), lacks = signal(null); // the run that has no tensors of these names
  let asking = null;

  effect(() => {
    const one = trace.value, needed = names.value;
    asking?.abort();
    if (one && needed.length && !(held.peek()?.of === one && needed.every((name) => name in held.peek().tensors))) ask(one, needed);
  });

  async function ask(one, needed) {
    const mine = asking = new AbortController();
    problem.value = "";
    try {
      const {tensors, lens_tokens} = await bring(one, needed, mine.signal);
      if (!mine.signal.aborted) held.value = {of: one, tensors, texts: lens_tokens};
    } catch (error) {
      if (mine.signal.aborted) return;
      if (error.field === "names") lacks.value = one;
      else problem.value = told(error);
    }
  }

  return computed(() => ({held: held.value, problem: problem.value, lacks: lacks.value === trace.value, waiting: names.value.length > 0 && held.value?.of !== trace.value}));
}
