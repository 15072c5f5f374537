/** The step player's state: which stage the address names, the tensors that it still needs, and time that passes. */
import {computed, effect, signal} from "@preact/signals";
import {play} from "./player.js";
import {beginningOf, missing, parts, sameAt, stageAt, stages} from "./stages.js";

/** How long a stage stays, in ms. */
export const SPEEDS = {slow: 5000, normal: 2500, fast: 1000};

/**
 * @param {{state: any, trace: any, bring: (trace: any, names: string[], signal: AbortSignal) => Promise<any>, told: (error: any) => string}} page
 * bring: further tensors of the same run
 */
export function createStepping({state, trace, bring, told}) {
  const all = computed(() => stagesOf(trace.value));
  const stage = computed(() => stageAt(all.value, state.step.value));
  const arrived = signal(0), problem = signal(""), playing = signal(null), speed = signal("normal");
  const drawn = signal(null); // {trace, stage}: the last one that had all that it needs
  const waiting = computed(() => stage.value !== null && !stage.value.lacks?.length && !(drawn.value?.trace === trace.value && drawn.value.stage === stage.value));
  let asking = null; // what is on its way

  effect(() => {
    const one = trace.value, at = stage.value;
    arrived.value;
    if (!at) { stop(); return; }
    if (at.lacks?.length) drawn.value = null;
    if (!missing(one, [at]).length) drawn.value = {trace: one, stage: at};
    if (one.file) return;
    const row = parts(all.value), here = row.findIndex(({id}) => id === at.part);
    const now = missing(one, row[here].stages);
    const soon = missing(one, [row[here + 1], row[here - 1]].flatMap((part) => part?.stages ?? []));
    if (now.length) ask(one, now, true);
    else if (soon.length) ask(one, soon, false);
  });

  async function ask(one, names, needed) {
    if (asking?.one === one && names.every((name) => asking.names.includes(name))) return;
    stop();
    const mine = asking = {one, names, control: new AbortController()};
    problem.value = "";
    try {
      const more = await bring(one, names, mine.control.signal);
      if (asking !== mine) return;
      Object.assign(one.tensors, more.tensors);
      asking = null;
      arrived.value++;
    } catch (error) {
      if (asking !== mine) return;
      asking = null;
      if (needed) problem.value = told(error); // what is not needed yet is told when it is
    }
  }

  function stop() {
    asking?.control.abort();
    asking = null;
  }

  /** To a stage, whose attention becomes the chosen one. */
  function go(step) {
    const {length} = all.peek(), to = stageAt(all.peek(), Math.max(0, Math.min(length - 1, step)));
    if (to) state.set({step: to.step, site: to.site});
  }

  const settled = () => new Promise((done) => {
    const dispose = effect(() => {
      if (!waiting.value || problem.value) queueMicrotask(() => { dispose(); done(!problem.peek() && stage.peek() !== null); });
    });
  });

  async function start() {
    const {length} = all.peek(), mine = playing.value = new AbortController();
    const next = (stage.peek()?.step ?? -1) + 1;
    await play({from: next < length ? next : 0, count: length, signal: mine.signal, stays: SPEEDS[speed.peek()],
      show: (step) => { go(step); return settled(); }});
    if (playing.peek() === mine) playing.value = null;
  }

  function pause() {
    playing.peek()?.abort();
    playing.value = null;
  }

  const on = {
    open: (site) => go(beginningOf(all.peek(), site)?.step ?? 0),
    /** The same kind of stage at another attention. */
    site: (name) => {
      const at = stage.peek(), to = at && at.site !== name && (sameAt(all.peek(), at, name) ?? beginningOf(all.peek(), name));
      if (to) go(to.step);
    },
    close: () => { pause(); state.set({step: null, site: stage.peek()?.site ?? state.site.peek()}); },
    go: (step) => { pause(); go(step); },
    play: () => (playing.peek() ? pause() : start()),
    speed: (name) => {
      speed.value = name;
      if (playing.peek()) { pause(); start(); }
    },
    again: () => { problem.value = ""; arrived.value++; },
  };
  const shown = computed(() => ({
    all: all.value, stage: stage.value, drawn: stage.value && drawn.value, waiting: waiting.value, problem: problem.value,
    playing: playing.value !== null, speed: speed.value,
  }));
  return {shown, stage, pause, on};
}

/** Of a file, which has all that it will have, each with what it lacks; none where weights alone are known. */
function stagesOf(trace) {
  if (!trace || trace.size) return [];
  const all = stages(trace), unpredicted = ({kind}) => kind === "logits" && !trace.predictions.length;
  return trace.file ? all.map((one) => ({...one, lacks: [...missing(trace, [one]), ...(unpredicted(one) ? ["predictions"] : [])]})) : all;
}
