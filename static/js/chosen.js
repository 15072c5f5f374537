/** The chosen attention. Where what is drawn of it is not here yet it is asked for, and the one before stays. */
import {effect, signal} from "@preact/signals";
import {missingAt} from "./portions.js";
import {headAt, siteOf} from "./selection.js";

/**
 * @param {{trace: any, wanted: any, head: any, bring: (trace: any, names: string[], signal?: AbortSignal, only?: {heads: number[]}) => Promise<any>, failed: (error: any, chosen: any) => void}} page
 * trace, wanted, head: signals, of what is on the screen, the name of the attention to be shown, and its head where no other is drawn, else null;
 * failed: what stays, too
 */
export function createChosen({trace, wanted, head, bring, failed}) {
  const chosen = signal(null); // {trace, site, head}: the last one that had all that it needs; head: null where it has every head
  const waiting = signal(false);
  const begun = new WeakSet(); // attentions whose other heads are on their way
  let asking = null;

  effect(() => {
    asking?.abort();
    const one = trace.value, site = one && siteOf(one, wanted.value), index = site && head.value !== null ? headAt(site, head.value) : null;
    const names = site ? missingAt(one, site, index) : [];
    waiting.value = names.length > 0;
    if (names.length) ask({trace: one, site, head: index}, names);
    else show(site && {trace: one, site, head: index});
  });

  async function ask(next, names) {
    const mine = asking = new AbortController();
    try {
      await fill(next.trace, names, bring, mine.signal, next);
      if (mine.signal.aborted) return;
      show(next);
    } catch (error) {
      if (mine.signal.aborted) return;
      failed(error, chosen.value ?? next);
    }
    waiting.value = false;
  }

  function show(next) {
    chosen.value = next;
    if (next && next.head !== null) bringRest(next);
  }

  /** Who chose a second head of an attention may go on to all of them. */
  async function bringRest({trace: one, site}) {
    const names = missingAt(one, site);
    if (!names.length || one.partsOf(site) < 2 || begun.has(site)) return;
    begun.add(site);
    await fill(one, names, bring).catch(() => {}); // each is still asked for by itself
    begun.delete(site);
  }

  return {chosen, waiting};
}

/** Further tensors of the same run are put to the others; of one head of an attention, where only that is named, beside them. */
export async function fill(trace, names, bring, signal, {site, head} = {head: null}) {
  if (!names.length) return;
  if (head === null || site.captures === "pattern") Object.assign(trace.tensors, (await bring(trace, names, signal)).tensors);
  else trace.put(site, head, (await bring(trace, names, signal, {heads: [head]})).tensors);
}
