/** The end of a prefix, as a line over a heatmap: all queries see what is left of it. It is drawn by the pointer, or moved by arrow keys. */
import {html} from "htm/preact";
import {useRef} from "preact/hooks";
import {label} from "../labels.js";
import {share} from "./heatmap.js";

/** @param {any} props at: how many tokens all see; onMove: (at, begun), begun: the first move of a stroke */
export function Boundary({t, tokens, at, onMove}) {
  const last = useRef(null); // where this stroke has come to
  const n = tokens.length, place = Math.min(at, n);
  const clamp = (x) => Math.min(n, Math.max(0, x));
  const go = (to, begun) => { if (to !== (last.current ?? place)) { onMove(to, begun); last.current = to; } };
  const under = (event) => {
    const box = event.currentTarget.parentElement.getBoundingClientRect();
    return clamp(Math.round((event.clientX - box.left) / box.width * n));
  };
  const onKeyDown = (event) => {
    const to = {ArrowLeft: place - 1, ArrowDown: place - 1, ArrowRight: place + 1, ArrowUp: place + 1, Home: 0, End: n}[event.key];
    event.stopPropagation(); // the heatmap's own arrow keys choose a cell
    if (to === undefined) return;
    event.preventDefault();
    if (clamp(to) !== place) onMove(clamp(to), true);
  };
  const stay = (event) => event.stopPropagation();
  const drag = useRef(false);
  return html`
    <div class="boundary" role="slider" tabindex="0" style=${{left: share(place, n)}} aria-label=${t("End of the prefix")} aria-orientation="horizontal"
      aria-valuemin="0" aria-valuemax=${n} aria-valuenow=${place} title=${t("All queries see the keys left of this line. Drag it, or use the arrow keys.")}
      aria-valuetext=${place === 0 ? t("no token is seen by all") : t("{count} tokens are seen by all, up to {token}", {count: place, token: label(tokens[place - 1])})}
      onKeyDown=${onKeyDown} onClick=${stay}
      onPointerDown=${(event) => { stay(event); event.currentTarget.setPointerCapture(event.pointerId); drag.current = true; last.current = null; }}
      onPointerMove=${(event) => { stay(event); if (drag.current) go(under(event), last.current === null); }}
      onPointerUp=${(event) => { stay(event); drag.current = false; last.current = null; }}><b></b></div>`;
}
