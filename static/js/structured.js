/** The structure of a run in a figure that stands by itself. */
import {effect, signal} from "@preact/signals";
import {useEffect, useMemo} from "preact/hooks";
import {createStructures} from "./structures.js";

/** @param {any} given of createStructures; part, families: signals. -> {shown, on, part, families} */
export function useStructures({trace, site, part, families, ...page}) {
  const open = useMemo(() => signal(true), [trace]); // once it is not, nothing more is asked for this run
  const structures = useMemo(() => {
    const state = {part, families, site: signal(site.name)};
    const set = (changes) => { for (const [name, value] of Object.entries(changes)) state[name].value = value; };
    return createStructures({...page, state: {...state, set}, open, trace: signal(trace)});
  }, [trace]);
  useEffect(() => effect(() => { structures.shown.value; }), [structures]);
  useEffect(() => () => { open.value = false; }, [open]);
  return {shown: {...structures.shown.value, stage: null}, on: structures.on};
}
