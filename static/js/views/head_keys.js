/** Arrow keys walk a grid of heads, and the focus goes with the chosen one. */
import {useEffect, useRef} from "preact/hooks";
import {neighbour} from "../grid.js";

/** @param {{current: Element|null}} root the grid. -> onKeyDown, given the groups that are drawn */
export function useHeadKeys(root, {site, head, onPick}) {
  const moved = useRef(false);
  useEffect(() => {
    if (!moved.current) return;
    moved.current = false;
    root.current?.querySelector('[aria-selected="true"]')?.focus();
  }, [site.name, head]);
  return (groups) => (event) => {
    const next = neighbour(groups, site, head, event.key);
    if (!next) return;
    event.preventDefault();
    moved.current = true;
    onPick(next.site.name, next.head);
  };
}
