/** The matrices of the lesson's model, and the entries that its reader has put there. */
import {useComputed, useSignal} from "@preact/signals";
import {useEffect, useRef} from "preact/hooks";
import {written} from "../edits.js";
import {language} from "../labels.js";
import {editList} from "../lesson_run.js";

const REST = 150; // ms: several strokes in a row are one run

/**
 * @returns {{weights: any, problem: string, again: () => void, edits: any[], onEdits: (edits: any[]) => void, features: string[], words: string[]}} weights: null while they are not here;
 * edits: as they are put, from the first stroke on
 */
export function useWeights({lesson, attributes, lang}) {
  const weights = useSignal(null), problem = useSignal(""), put = useSignal(null), tries = useSignal(0), due = useRef(null);
  const edits = useComputed(() => put.value ?? editList(lesson.edits.value));
  useEffect(() => {
    problem.value = "";
    lesson.json(`/api/models/${encodeURIComponent(attributes.model)}/weights`).then((found) => { weights.value = found; }, (error) => { problem.value = lesson.told(error); });
  }, [tries.value]);
  useEffect(() => () => clearTimeout(due.current), []);
  const onEdits = (list) => {
    put.value = list;
    clearTimeout(due.current);
    due.current = setTimeout(() => { lesson.edits.value = written(list); put.value = null; }, REST);
  };
  return {
    weights: weights.value, problem: problem.value, again: () => { tries.value++; }, edits: edits.value, onEdits,
    features: weights.value?.features[lang], words: weights.value?.words[language(attributes.text) === "en" ? "en" : "zh"],
  };
}
