/** The chosen attention. Where its queries, keys and values are not here yet they are asked for, and the one before stays. */
import {effect, signal} from "@preact/signals";
import {missingAt} from "./portions.js";
import {siteOf} from "./selection.js";

/**
 * @param {{trace: any, wanted: any, bring: (trace: any, names: string[], signal: AbortSignal) => Promise<any>, failed: (error: any, site: any) => void}} page
 * trace, wanted: signals, of what is on the screen and the name of the attention to be shown; failed: what stays, too
 */
export function createChosen({trace, wanted, bring, failed}) {
  const chosen = signal(null); // {trace, site}: the last one that had all that it needs
  const waiting = signal(false);
  let asking = null;

  effect(() => {
    asking?.abort();
    const one = trace.value, site = one && siteOf(one, wanted.value), names = site ? missingAt(one, site) : [];
    waiting.value = names.length > 0;
    if (names.length) ask(one, site, names);
    else chosen.value = site && {trace: one, site};
  });

  async function ask(one, site, names) {
    const mine = asking = new AbortController();
    try {
      await fill(one, names, bring, mine.signal);
      if (mine.signal.aborted) return;
      chosen.value = {trace: one, site};
    } catch (error) {
      if (mine.signal.aborted) return;
      failed(error, chosen.value?.site ?? site);
    }
    waiting.value = false;
  }

  return {chosen, waiting};
}

/** Further tensors of the same run are put to the others. */
export async function fill(trace, names, bring, signal) {
  if (names.length) Object.assign(trace.tensors, (await bring(trace, names, signal)).tensors);
}
