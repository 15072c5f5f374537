/** Which heads matter for a prediction: the server edits each in turn; what comes is shown as it comes. */
import {signal} from "@preact/signals";
import {importance} from "./api.js";

/** @param {{state: any, told: (error: any) => string}} page */
export function createImportance({state, told}) {
  /** {trace, position, by, token, probability, total, heads, running, problem}: of the last question */
  const found = signal(null);
  let asking = null;

  async function start(trace, {position, token, by}) {
    stop();
    const mine = asking = new AbortController();
    const now = (changes) => { if (!mine.signal.aborted) found.value = {...found.value, ...changes}; };
    found.value = {trace, position, by, token: null, probability: null, total: 0, heads: [], running: true, problem: ""};
    const request = {model: trace.model.id, ...trace.request, position, token, by};
    try {
      for await (const line of importance(request, state.lang.value, mine.signal)) {
        if ("heads" in line) now({token: line.token, probability: line.probability, total: line.heads});
        else now({heads: [...found.value.heads, line]});
      }
      now({running: false});
    } catch (error) {
      if (!mine.signal.aborted) now({running: false, problem: told(error)});
    }
  }

  /** What has come stays. */
  function stop() {
    asking?.abort();
    if (found.peek()?.running) found.value = {...found.peek(), running: false};
  }

  return {found, on: {start, stop}};
}
