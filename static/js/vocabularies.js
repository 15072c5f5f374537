/** The tokens of each model, asked for once they are looked through. */
import {signal} from "@preact/signals";
import * as api from "./api.js";

/** @param {{lang: any, told: (error: any) => string}} page */
export function createVocabularies({lang, told}) {
  const all = signal({}); // by model, as far as they were asked for; {problem} where one could not be had
  return {
    all,
    async load(id) {
      if (all.peek()[id]?.texts) return;
      const found = await api.vocabulary(id, lang.peek()).catch((error) => ({problem: told(error)}));
      all.value = {...all.peek(), [id]: found};
    },
  };
}
