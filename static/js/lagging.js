/**
 * What the figures can be drawn without: it comes afterwards, an attention at a time, so that other requests come in between, and
 * rests while something else is being made, which it would keep the server from.
 */
import {signal} from "@preact/signals";
import {fill} from "./chosen.js";
import {lateAt} from "./portions.js";
import {siteOf} from "./selection.js";

const TRIES = 4; // of one attention, where the server has too much to do: what it has begun it finishes, and keeps

/**
 * @param {{trace: any, site: any, bring: any, failed: (error: any) => void, wait?: (then: () => void, ms: number) => any}} page trace: the signal of the run
 * that is shown; site: the signal of the chosen attention's name, whose numbers come first
 */
export function createLagging({trace, site, bring, failed, wait = setTimeout}) {
  const late = signal(0); // how often something came
  let asking = null; // the AbortController of what is on its way

  /** Brings what the shown run still lacks. */
  async function goOn() {
    rest();
    const mine = asking = new AbortController(), one = trace.peek();
    if (!one) return;
    const first = siteOf(one, site.peek());
    try {
      for (const at of [first, ...one.sites.filter((other) => other !== first)]) {
        const names = lateAt(one, at);
        if (!names.length) continue;
        await patiently(() => fill(one, names, bring, mine.signal), mine.signal);
        if (mine.signal.aborted) return;
        late.value++;
      }
    } catch (error) {
      if (!mine.signal.aborted) failed(error);
    }
  }

  async function patiently(ask, signal) {
    for (let tries = 1; !signal.aborted; tries++) {
      try {
        return await ask();
      } catch (error) {
        if (signal.aborted || !error.after || tries === TRIES) throw error;
        await new Promise((done) => { wait(done, 1000 * error.after); });
      }
    }
  }

  function rest() { asking?.abort(); }

  return {late, goOn, rest};
}
