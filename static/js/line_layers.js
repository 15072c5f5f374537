/** The lines view in layers, one a head, the chosen one on top; the same on the page and on paper. */
import {blocksOf} from "./blocks.js";
import {PALETTES} from "./colour.js";
import {headColour, headDash} from "./head_colours.js";
import {shift} from "./line_layout.js";
import {Sieve, drawnHeads, linesOf, linesOfToken, thickest} from "./lines.js";

/** The heads whose lines are drawn, the chosen one last. lines: what the view is told */
export const shownHeads = (site, head, lines) => (lines.heads === "block" ? drawnHeads(site.n_heads, head, lines.hidden) : [head]);

const LONG = 2 ** 20; // pairs of a head, beyond which its weights are not held all at once

export const isLong = ({nQuery, nKey}) => nQuery * nKey > LONG;

const SLOW = 2 ** 18; // pairs, beyond which a frame has no time for all weights

/** Whether the lines of such a head are worked out with the screen drawn in between. */
export const isSlow = ({nQuery, nKey}) => nQuery * nKey > SLOW;

/** What works out the lines of each of these slow heads step by step: of long ones a sieve (lines.js). */
export const sievesOf = (trace, site, heads, threshold) => heads.map((one) => (isLong(trace.head(site, one))
  ? new Sieve(blocksOf(trace, site, one, "weights"), threshold) : new Rows(trace, site, one, threshold)));

/** The lines of a head, its weights worked out row by row. */
class Rows {
  constructor(trace, site, index, threshold) {
    const head = trace.head(site, index);
    Object.assign(this, {trace, site, index, threshold, head, pattern: new Float32Array(head.nQuery * head.nKey), query: 0, lines: null});
  }

  get done() { return this.lines !== null; }

  next() {
    const {query, head} = this;
    if (query === head.nQuery) this.lines = linesOf(head, this.pattern, this.threshold);
    else this.pattern.set(this.trace.row(this.site, this.index, this.query++), query * head.nKey);
  }
}

/** The lines of each of these heads; of one of its tokens alone where that is given. Of a long head the heaviest. */
export function linesOfHeads(trace, site, heads, threshold, token = null) {
  return heads.map((one) => {
    const head = trace.head(site, one);
    if (token && isSlow(head)) return linesOfToken(blocksOf(trace, site, one, "weights"), threshold, token);
    if (!isLong(head)) return linesOf(head, trace.pattern(site, one), threshold, token);
    const [sieve] = sievesOf(trace, site, [one], threshold);
    while (!sieve.done) sieve.next();
    return sieve.lines;
  });
}

/**
 * @param {{trace: any, site: any, heads: number[], of: any[], lines: any, place: any, theme: string}} drawn of: the lines of each head
 * @param {string} [colour] of a head that is drawn alone
 * @returns {any[]} a layer's lines, its colour and dash, its heaviest line, how far it lies beside the others
 */
export function layersOf({trace, site, heads, of, lines, place, theme}, colour = PALETTES[theme].ink) {
  const together = lines.heads === "block", beside = [...heads].sort((a, b) => a - b);
  return heads.map((head, i) => ({
    head, lines: of[i], nKey: trace.head(site, head).nKey, thickest: thickest(together),
    colour: together ? headColour(head, theme) : colour, dash: together ? headDash(head) : [], shift: shift(beside.indexOf(head), heads.length, place.step),
  }));
}
