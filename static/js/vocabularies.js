/** The tokens of each model, asked for once they are looked through. */
import {signal} from "@preact/signals";
import * as api from "./api.js";
import {language} from "./labels.js";

/** One model may spell its words in the language of the text. */
const spellingOf = ({request}) => (language(request.text) === "en" ? "en" : "zh");
const keyOf = (trace) => `${trace.model.id}/${spellingOf(trace)}`;

/** @param {{lang: any, told: (error: any) => string}} page */
export function createVocabularies({lang, told}) {
  const all = signal({}); // as far as they were asked for; {problem} where one could not be had
  return {
    /** Of the model of a run; undefined while it was not asked for. */
    of: (trace) => (trace.file ? undefined : all.value[keyOf(trace)]),
    async load(trace) {
      const key = keyOf(trace);
      if (all.peek()[key]?.texts) return;
      const found = await api.vocabulary(trace.model.id, lang.peek(), spellingOf(trace)).catch((error) => ({problem: told(error)}));
      all.value = {...all.peek(), [key]: found};
    },
  };
}
