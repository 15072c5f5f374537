/** A beam search from what is shown: its steps as they come, and the winner. */
import {computed, effect, signal} from "@preact/signals";
import * as api from "./api.js";

/** @param {{state: any, trace: any, told: (error: any) => string, from: (trace: any) => any}} page from: what the shown run has read */
export function createSearching({state, trace, told, from}) {
  const steps = signal([]), winner = signal(null), problem = signal(""), running = signal(null), of = signal(null);

  async function start() {
    stop();
    const mine = running.value = new AbortController(), one = trace.peek();
    steps.value = [];
    winner.value = null;
    problem.value = "";
    of.value = one;
    try {
      const asked = {...from(one), width: Number(state.beams.value), length_penalty: Number(state.penalty.value), max_new_tokens: 40};
      for await (const line of api.beams(asked, state.lang.peek(), mine.signal)) {
        if (mine.signal.aborted) return;
        if (line.winner) winner.value = line.winner;
        else steps.value = [...steps.peek(), line];
      }
    } catch (error) {
      if (!mine.signal.aborted) problem.value = told(error);
    }
    if (running.peek() === mine) running.value = null;
  }

  function stop() {
    running.peek()?.abort();
    running.value = null;
  }

  effect(() => { if (trace.value !== of.peek()) stop(); }); // it goes on from another text

  return {
    stop,
    shown: computed(() => ({steps: steps.value, winner: winner.value, problem: problem.value, running: running.value !== null, of: of.value,
      width: state.beams.value, penalty: state.penalty.value})),
    on: {start, stop, choose: (changes) => { stop(); state.set(changes); }},
  };
}
