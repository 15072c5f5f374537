/** The block computed by hand, built in one way or another: asked for as it is chosen; the one before stays until the next is here. */
import {useEffect, useState} from "preact/hooks";

/** @param {(path: string) => Promise<any>} read @param {(error: any) => string} told @param {{text: string, mask: string, norm: string, residual: boolean}} asked */
export function useBlock(read, told, {text, mask, norm, residual}) {
  const [found, put] = useState({run: null, problem: ""}), [tries, again] = useState(0);
  const path = `/api/block?${new URLSearchParams({text, norm, residual: String(residual), mask})}`;
  useEffect(() => {
    let stale = false;
    read(path).then((run) => { if (!stale) put({run, path, problem: ""}); }, (error) => { if (!stale) put((now) => ({...now, problem: told(error)})); });
    return () => { stale = true; };
  }, [path, tries]);
  return {...found, waiting: found.path !== path, again: () => again(tries + 1)};
}
