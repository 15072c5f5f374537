/** Writing on: the distribution of the next token, and the tokens that were chosen, each of which the run that is shown has read. */
import {computed, effect, signal} from "@preact/signals";
import * as api from "./api.js";
import {createGathering} from "./gathering.js";
import {over} from "./labels.js";
import {samplingOf} from "./sampling.js";
import {tokenIds} from "./setup.js";

const LISTED = 40, STAYS = 160; // candidates that are told; ms that a token stays before the next

/**
 * @param {{state: any, showing: any, told: (error: any) => string, before: () => void}} page before: what is to end when a token is chosen
 */
export function createWriting({state, showing, told, before}) {
  const {trace} = showing;
  const step = signal(null); // what came of one draw: {line, trace: what was read before it}
  const problem = signal(""), going = signal(null), arrived = signal(0); // going: the AbortController while it writes by itself
  const former = signal(null); // the run before the last token
  const writes = computed(() => state.act.value === "write" && trace.value !== null && !trace.value.file && trace.value.model.kind !== "encoder");
  const sampling = computed(() => samplingOf(state, trace.value?.model.kind));
  const gathering = createGathering({trace, bring: showing.bring, told});
  let asking = null;

  effect(() => {
    const one = writes.value && !going.value ? trace.value : null, how = sampling.value;
    arrived.value;
    asking?.abort();
    if (one) ask(one, how);
  });

  async function ask(one, how) {
    const mine = asking = new AbortController();
    problem.value = "";
    try {
      for await (const line of api.generate({...from(one), ...how, listed: LISTED, max_new_tokens: 1}, state.lang.peek(), mine.signal)) {
        if (!mine.signal.aborted) step.value = {line, trace: one};
      }
      if (!mine.signal.aborted && step.value?.trace !== one) step.value = {line: null, trace: one}; // no room is left
    } catch (error) {
      if (!mine.signal.aborted) problem.value = told(error);
    }
  }

  /** Goes on from these tokens. -> whether it could be shown */
  async function to(ids) {
    const was = trace.peek();
    state.written.value = ids.join(".");
    const shown = await showing.again();
    if (shown) former.value = was;
    else state.written.value = (was.request.written ?? []).join(".");
    return shown;
  }

  const ids = () => tokenIds(state.written.peek() ?? "");

  function stop() {
    going.peek()?.abort();
    going.value = null;
  }

  async function go() {
    const mine = going.value = new AbortController(), one = trace.peek(), written = ids();
    state.leave();
    problem.value = "";
    try {
      for await (const line of api.generate({...from(one), ...sampling.peek(), listed: LISTED, max_new_tokens: 64}, state.lang.peek(), mine.signal)) {
        if (mine.signal.aborted) break;
        step.value = {line, trace: trace.peek()};
        if (over(line)) break;
        written.push(line.id);
        const [shown] = await Promise.all([to(written), new Promise((done) => { setTimeout(done, STAYS); })]);
        if (!shown) break;
      }
    } catch (error) {
      if (!mine.signal.aborted) problem.value = told(error);
    }
    if (going.peek() === mine) stop();
  }

  const act = (change) => (...given) => {
    before();
    stop();
    state.leave();
    return to(change(...given));
  };

  return {
    stop,
    shown: computed(() => ({step: step.value, problem: problem.value, going: going.value !== null, former: former.value, sampling: sampling.value,
      waiting: step.value?.trace !== trace.value, gathering: gathering.shown.value})),
    on: {
      gather: gathering.on,
      pick: act((id) => [...ids(), id]),
      add: act((more) => [...ids(), ...more]),
      back: act((length) => ids().slice(0, length)),
      go: () => { before(); return going.peek() ? stop() : go(); },
      shape: (changes) => { stop(); state.set(changes); },
      again: () => { arrived.value++; },
    },
  };
}

/** The shown run, as /api/generate and /api/beams go on from it. */
export function from({model: {id}, request: {text, target, mask, written, edits, checkpoint}}) {
  return {model: id, text, mask, edits, checkpoint, ...(target !== null && {target}), written: written ?? []};
}
