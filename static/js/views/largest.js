/** The largest size of a matrix; of one in blocks it is known once each was worked out, with the screen drawn in between. */
import {html} from "htm/preact";
import {useEffect, useMemo, useState} from "preact/hooks";
import {count} from "../format.js";
import {magnitude} from "../tiling.js";

const WORK = 12; // ms of a frame

/** @param {any[]} matrices @param {boolean} asked -> above 0; null while it is not known */
export function useLargest(matrices, asked = true) {
  const [, turn] = useState(0), blocks = matrices.filter((one) => one?.block);
  const missing = asked && blocks.some((one) => one.seen.includes(0));
  useEffect(() => {
    if (!missing) return undefined;
    const due = requestAnimationFrame(() => {
      const until = performance.now() + WORK;
      for (const one of blocks) while (performance.now() < until && one.next());
      turn((now) => now + 1);
    });
    return () => cancelAnimationFrame(due);
  });
  const held = useMemo(() => (asked ? matrices.map((one) => (one && !one.block ? magnitude(one) : 0)) : []), [...matrices, asked]);
  return missing ? null : Math.max(1e-9, ...held, ...blocks.map((one) => one.largest));
}

/** In place of a legend, while its end is not known. */
export const Counting = ({t, matrix}) => html`<span class="legend note" role="status">${t("Working out {count} numbers…", {count: count(matrix.rows * matrix.columns)})}</span>`;
