/** How a kind of head came up while each model was trained: asked for once. */
import {signal} from "@preact/signals";
import * as api from "./api.js";

/** @param {{lang: any, told: (error: any) => string}} page */
export function createCurves({lang, told}) {
  const curves = signal({}); // by model: its curve, null while it is on its way, or {problem} where it could not be had
  return {
    curves,
    async load(id) {
      if (curves.peek()[id] === null) return;
      curves.value = {...curves.peek(), [id]: null};
      const found = await api.births(id, lang.peek()).catch((error) => ({problem: told(error)}));
      curves.value = {...curves.peek(), [id]: found};
    },
  };
}
