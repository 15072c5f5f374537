/** Work that takes longer than a frame, done between frames: no figure stalls the page, however long its text is. */
import {useEffect, useState} from "preact/hooks";
import {shareOf} from "../frames.js";

/**
 * @param {() => boolean} left whether there is any, asked once all is drawn @param {(until: number) => boolean} work goes on until then -> whether some is left
 * @param {boolean} shown whether what has been done is drawn after each frame, and not only when all is done
 * @returns {number} how often that was
 */
export function useWork(left, work, shown = false) {
  const [turns, turn] = useState(0);
  useEffect(() => {
    if (!left()) return undefined;
    let due = requestAnimationFrame(function go(stamp) {
      const until = shareOf(stamp), idle = performance.now() >= until; // what another figure took of this frame
      if (idle || (work(until) && !shown)) due = requestAnimationFrame(go);
      else turn((now) => now + 1);
    });
    return () => cancelAnimationFrame(due);
  });
  return turns;
}
