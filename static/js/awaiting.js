/** What was asked of a model that is still being read: asked again once it is there, unless something else was asked meanwhile. */
import {effect, signal, untracked} from "@preact/signals";

/**
 * @param {{modelOf: (id: string) => any, refresh: () => Promise<any>}} page modelOf: what the server's list says of a model, as a signal is read;
 * refresh: asks for that list
 */
export function createAwaiting({modelOf, refresh}) {
  const awaited = signal(null); // {id, again}
  let asked = 0;

  effect(() => {
    const one = awaited.value;
    if (!one || modelOf(one.id).state !== "ready") return;
    awaited.value = null;
    untracked(one.again);
  });

  return {
    /** The list may say of an unloaded model that it is there: it is asked for first. */
    async wait(id, again) {
      const mine = asked += 1;
      await refresh();
      if (mine === asked) awaited.value = {id, again};
    },
    stop() {
      asked += 1;
      awaited.value = null;
    },
  };
}
