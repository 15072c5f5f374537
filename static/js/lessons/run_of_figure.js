/** A figure's run: asked for, asked again where the lesson is edited, and what is shown meanwhile. */
import {useSignal, useSignalEffect} from "@preact/signals";
import {html} from "htm/preact";
import {editList, runOf} from "../lesson_run.js";

/**
 * @param {any} lesson @param {any} attributes of the figure @param {string[]} names globs of what it needs
 * @returns {{trace: any, problem: string, waiting: boolean, again: () => void}} the last trace stays while another is on its way
 */
export function useRun(lesson, attributes, names) {
  const state = useSignal({trace: null, problem: "", waiting: true}), tries = useSignal(0);
  useSignalEffect(() => {
    tries.value;
    const edits = [...editList(attributes.edits), ...editList(lesson.edits.value)];
    let stale = false;
    state.value = {...state.peek(), waiting: true, problem: ""};
    lesson.trace({...runOf(attributes), edits, names})
      .then((trace) => { if (!stale) state.value = {trace, problem: "", waiting: false}; })
      .catch((error) => { if (!stale) state.value = {...state.peek(), problem: lesson.told(error), waiting: false}; });
    return () => { stale = true; };
  });
  return {...state.value, again: () => { tries.value++; }};
}

/** What stands there while there is no trace, and above it where the newest could not be had. */
export const Waits = ({t, trace, problem, again}) => (problem
  ? html`<p class="refusal" role="alert">${problem} <button type="button" class="quiet" onClick=${again}>${t("Try again")}</button></p>`
  : !trace && html`<p class="waiting">${t("Loading…")}</p>`);
