/** The cells that a kind marks in a picture: at once where they are few, else once they are found, between frames. */
import {useMemo} from "preact/hooks";
import {seeking, tells} from "../kinds.js";
import {useWork} from "./working.js";

const AT_ONCE = 8; // ms
const NONE = [];

/** @param {boolean} asked whether the picture marks any @param {number} here of how many attentions the kinds are known */
export function useEvidence({trace, site, head, kind, asked, here}) {
  const found = useMemo(() => {
    const made = asked && tells(trace, site, head, kind) ? seeking(trace, site, head, kind) : {cells: NONE, go: () => false};
    return {...made, left: made.go(performance.now() + AT_ONCE)};
  }, [trace, site, head, kind, asked, here]);
  useWork(() => found.left, (until) => { found.left = found.go(until); return found.left; });
  return found.left ? NONE : found.cells;
}
