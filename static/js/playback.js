/** A row of pictures that plays by itself, one at a time, until it ends or is stopped. */
import {computed, signal} from "@preact/signals";
import {play} from "./player.js";

export function createPlayback() {
  const mine = signal(null);
  const stop = () => {
    mine.peek()?.abort();
    mine.value = null;
  };
  return {
    on: computed(() => mine.value !== null),
    stop,
    /** @param {{from: number, count: number, show: (i: number) => Promise<boolean>, stays?: number}} row as player.js takes it */
    async start(row) {
      stop();
      const one = mine.value = new AbortController();
      await play({...row, signal: one.signal});
      if (mine.peek() === one) mine.value = null;
    },
  };
}
