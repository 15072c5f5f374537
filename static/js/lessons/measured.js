/** Measurements of gradients: asked for one after the other, kept for as long as the page stands, stopped when nobody wants them. */
import {useSignal} from "@preact/signals";
import {useEffect, useRef} from "preact/hooks";
import {keyOf, resultsOf, stepsOf} from "../measuring.js";

const PAUSE = 250; // ms that the settings must rest

const kept = new WeakMap(); // lesson -> key of a request -> its results

/**
 * @param {any} lesson @param {any[]} bodies of /api/gradients, one for each line of a figure
 * @returns {{found: (any[]|null)[], running: boolean, stopped: boolean, done: number, of: number, problem: string, stop: () => void, again: () => void}}
 */
export function useMeasured(lesson, bodies) {
  const state = useSignal(REST), tries = useSignal(0), abort = useRef(null);
  if (!kept.has(lesson)) kept.set(lesson, new Map());
  const had = kept.get(lesson), missing = bodies.filter((body) => !had.has(keyOf(body))), asked = JSON.stringify(bodies);
  useEffect(() => {
    if (!missing.length) { state.value = REST; return undefined; }
    const own = abort.current = new AbortController(), of = missing.reduce((sum, body) => sum + stepsOf(body), 0);
    state.value = {...REST, running: true, of};
    const timer = setTimeout(() => measure(lesson, missing, had, own.signal, (done) => { state.value = {...REST, running: true, done, of}; })
      .then(() => { state.value = REST; })
      .catch((error) => { if (!own.signal.aborted) state.value = {...REST, problem: lesson.told(error)}; }), PAUSE);
    return () => { clearTimeout(timer); own.abort(); };
  }, [asked, tries.value]);
  return {
    ...state.value, found: bodies.map((body) => had.get(keyOf(body)) ?? null),
    stop: () => { abort.current?.abort(); state.value = {...REST, stopped: true}; },
    again: () => { tries.value++; },
  };
}

const REST = {running: false, stopped: false, done: 0, of: 0, problem: ""};

async function measure(lesson, bodies, had, signal, onStep) {
  let done = 0;
  for (const body of bodies) {
    const lines = [];
    for await (const line of lesson.stream("/api/gradients", body, {signal})) {
      lines.push(line);
      if ("done" in line) onStep(++done);
    }
    had.set(keyOf(body), resultsOf(lines));
  }
}
