/** Work that takes longer than a frame, done between frames: no figure stalls the page, however long its text is. */
import {useEffect, useRef, useState} from "preact/hooks";
import {shareOf} from "../frames.js";

const APART = 100; // ms between two drawings of what has been done: a drawing takes as long as the work of a frame

/**
 * @param {() => boolean} left whether there is any, asked once all is drawn @param {(until: number) => boolean} work goes on until then -> whether some is left
 * @param {boolean} shown whether what has been done is drawn now and then, and not only when all is done
 * @returns {number} how often that was
 */
export function useWork(left, work, shown = false) {
  const [turns, turn] = useState(0), drawn = useRef(0);
  useEffect(() => {
    if (!left()) return undefined;
    let due = requestAnimationFrame(function go(stamp) {
      const until = shareOf(stamp), idle = performance.now() >= until; // what another figure took of this frame
      if (idle || (work(until) && !(shown && stamp - drawn.current >= APART))) due = requestAnimationFrame(go);
      else {
        drawn.current = stamp;
        turn((now) => now + 1);
      }
    });
    return () => cancelAnimationFrame(due);
  });
  return turns;
}

/** Whether a first frame has been drawn: what fills a page for the first time is made in two parts. */
export function useBegun() {
  const [begun, begin] = useState(false);
  useEffect(() => {
    let after;
    const due = requestAnimationFrame(() => { after = setTimeout(() => begin(true)); });
    return () => { cancelAnimationFrame(due); clearTimeout(after); };
  }, []);
  return begun;
}
