/** One query after the other, the rows after it covered where that is wished. */
import {useRef, useState} from "preact/hooks";
import {play} from "../player.js";

export function useTokenSteps(trace, site, head, query, on, covered = "all") {
  const [rows, setRows] = useState(covered), [walking, setWalking] = useState(false), control = useRef(null);
  const stay = () => { control.current?.abort(); setWalking(false); };
  const walk = async () => {
    if (walking) { stay(); return; }
    const mine = control.current = new AbortController(), count = trace.head(site, head).nQuery;
    setRows("read");
    setWalking(true);
    await play({from: query === count - 1 ? 0 : query, count, signal: mine.signal, show: async (at) => { on.query(at); return true; }});
    if (control.current === mine) setWalking(false);
  };
  const staying = (then) => (...given) => { stay(); then(...given); };
  return {rows, walking, on: {walk, rows: setRows, pick: staying(on.pick), query: staying(on.query), head: staying(on.head)}};
}
