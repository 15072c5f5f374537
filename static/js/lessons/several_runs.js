/** The runs of a figure whose reader changes what is asked: asked again where one of them changes; what was had stays meanwhile. */
import {useEffect, useState} from "preact/hooks";
import {editList, runOf} from "../lesson_run.js";

/**
 * @param {any} lesson @param {any[]} asked each as lesson.trace takes it; the same request is asked once
 * @returns {{traces: any[]|null, trace: any, asked: any[]|null, problem: string, waiting: boolean, again: () => void}} asked: what `traces` are of
 */
export function useRuns(lesson, asked) {
  const [had, set] = useState({traces: null, asked: null, problem: "", waiting: true}), [tries, retry] = useState(0);
  useEffect(() => {
    let stale = false;
    set((now) => ({...now, problem: "", waiting: true}));
    Promise.all(asked.map((run) => lesson.trace(run)))
      .then((traces) => { if (!stale) set({traces, asked, problem: "", waiting: false}); })
      .catch((error) => { if (!stale) set((now) => ({...now, problem: lesson.told(error), waiting: false})); });
    return () => { stale = true; };
  }, [JSON.stringify(asked), tries]);
  return {...had, trace: had.traces?.[0] ?? null, again: () => retry((n) => n + 1)};
}

/** A figure's run as its attributes and the lesson say it, and with further edits. */
export const asking = (lesson, attributes, names, more = []) => (
  {...runOf(attributes), edits: [...editList(attributes.edits), ...editList(lesson.edits.value), ...more], names});
