/** The attentions of the shown run that are not here, brought one after the other when somebody asks for all of them: a wide model's are many megabytes. */
import {computed, effect, signal} from "@preact/signals";
import {fill} from "./chosen.js";
import {missingAt} from "./portions.js";

/**
 * @param {{trace: any, bring: (trace: any, names: string[], signal?: AbortSignal) => Promise<any>, told: (error: any) => string}} page
 * trace: a signal, of what is on the screen: another one ends it
 */
export function createGathering({trace, bring, told}) {
  const going = signal(null), problem = signal(""), arrived = signal(0);

  effect(() => {
    trace.value;
    stop();
    problem.value = "";
  });

  function stop() {
    going.peek()?.abort();
    going.value = null;
  }

  /** @param {any[]} sites in the order in which they shall come */
  async function start(sites) {
    stop();
    const one = trace.peek(), mine = going.value = new AbortController();
    problem.value = "";
    try {
      for (const site of sites) {
        await fill(one, missingAt(one, site), bring, mine.signal);
        if (mine.signal.aborted) return;
        arrived.value++;
      }
    } catch (error) {
      if (mine.signal.aborted) return;
      problem.value = told(error);
    }
    going.value = null;
  }

  return {
    shown: computed(() => ({going: going.value !== null, problem: problem.value, arrived: arrived.value})),
    on: {start, stop},
  };
}
