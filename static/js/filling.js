/** Filling in: what an encoder says of a hidden word with the right side and without it. */
import {computed, effect, signal} from "@preact/signals";
import {fill} from "./chosen.js";
import {hiddenAt} from "./hidden.js";
import {missingAt} from "./portions.js";

/**
 * @param {{state: any, trace: any, run: (options: any) => Promise<any>, leave: () => void, told: (error: any) => string,
 *   bring: (trace: any, names: string[], signal?: AbortSignal, and?: {predictions: boolean}) => Promise<any>}} page trace: a signal, the run that is shown
 */
export function createFilling({state, trace, run, leave, bring, told}) {
  const both = signal(null); // where only the left side is seen: the same run by the model's own mask
  const problem = signal(""), arrived = signal(0), again = signal(0);
  const fills = computed(() => (state.act.value === "write" && trace.value && !trace.value.file && trace.value.model.kind === "encoder" ? trace.value : null));
  let own = null, asking = null; // own: the last run by the model's own mask, {key, trace}

  const keyOf = ({model, request}) => JSON.stringify([model, {...request, mask: "native"}]);

  effect(() => {
    const one = fills.value;
    again.value;
    asking?.abort();
    both.value = null;
    problem.value = "";
    if (!one) return;
    if (one.request.mask === "native") own = {key: keyOf(one), trace: one};
    else if (own?.key === keyOf(one)) both.value = own.trace;
    ask(one);
  });

  async function ask(one) {
    const mine = asking = new AbortController();
    try {
      const lacking = one.sites.flatMap((site) => missingAt(one, site)); // of a wide model: all heads are compared
      if (lacking.length) {
        await fill(one, lacking, bring, mine.signal);
        if (!mine.signal.aborted) arrived.value++;
      }
      if (one.request.mask !== "causal" || both.peek() || !hiddenAt(one.tokens.source).length) return;
      const found = await bring({...one, request: {...one.request, mask: "native"}}, [], mine.signal, {predictions: true});
      if (mine.signal.aborted) return;
      own = {key: keyOf(one), trace: found};
      both.value = found;
    } catch (error) {
      if (!mine.signal.aborted) problem.value = told(error);
    }
  }

  return {
    shown: computed(() => ({both: both.value, problem: problem.value, arrived: arrived.value})),
    on: {
      /** On the sentence that is shown, whatever is written in the box by now. */
      only: (left) => {
        leave();
        state.mask.value = left ? "causal" : "native";
        return run({step: false, keep: true, sentence: {text: state.text.value, target: state.target.value}});
      },
      again: () => { again.value++; },
    },
  };
}
