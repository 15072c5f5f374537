/** The largest size of a matrix; of one in blocks it is known once each was worked out, with the screen drawn in between. */
import {html} from "htm/preact";
import {useMemo} from "preact/hooks";
import {count} from "../format.js";
import {magnitude} from "../tiling.js";
import {useWork} from "./working.js";

/** @param {any[]} matrices @param {boolean} asked -> above 0; null while it is not known */
export function useLargest(matrices, asked = true) {
  const blocks = matrices.filter((one) => one?.block), left = () => blocks.some((one) => one.seen.includes(0)), missing = asked && left();
  useWork(() => missing, (until) => {
    for (const one of blocks) while (performance.now() < until && one.next());
    return left();
  });
  const held = useMemo(() => (asked ? matrices.map((one) => (one && !one.block ? magnitude(one) : 0)) : []), [...matrices, asked]);
  return missing ? null : Math.max(1e-9, ...held, ...blocks.map((one) => one.largest));
}

/** In place of a legend, while its end is not known. */
export const Counting = ({t, matrix}) => html`<span class="legend note" role="status">${t("Working out {count} numbers…", {count: count(matrix.rows * matrix.columns)})}</span>`;
