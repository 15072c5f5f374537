/** A vector as one row of cells; each number on hover, and read out as a whole. */
import {html} from "htm/preact";
import {useMemo} from "preact/hooks";
import {css, signedColour} from "../colour.js";

const itself = (i) => i;

/** @param {{values: ArrayLike<number>, at: (i: number) => number}} props at: which feature of the vector stands in cell i */
export function Strip({name, role, values, largest, theme, show, at = itself}) {
  const cells = useMemo(() => Array.from(values, (x, i) => html`
    <i title=${`${name}[${at(i)}] = ${show(x)}`} style=${{background: css(signedColour(x / largest, theme))}}></i>`), [name, values, largest, theme, show, at]);
  return html`
    <div class="strip"><b class=${role && `of-${role}`}>${name}</b>
      <span class="numbers">${cells}</span>
    </div>`;
}
