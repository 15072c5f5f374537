/** The lines view in layers, one a head, the chosen one on top; the same on the page and on paper. */
import {PALETTES} from "./colour.js";
import {headColour, headDash} from "./head_colours.js";
import {shift} from "./line_layout.js";
import {drawnHeads, linesOf, thickest} from "./lines.js";

/** The heads whose lines are drawn, the chosen one last. lines: what the view is told */
export const shownHeads = (site, head, lines) => (lines.heads === "block" ? drawnHeads(site.n_heads, head, lines.hidden) : [head]);

/** The lines of each of these heads; of one of its tokens alone where that is given. */
export const linesOfHeads = (trace, site, heads, threshold, token = null) =>
  heads.map((one) => linesOf(trace.head(site, one), trace.pattern(site, one), threshold, token));

/**
 * @param {{trace: any, site: any, heads: number[], of: any[], lines: any, place: any, theme: string}} drawn of: the lines of each head
 * @param {string} [colour] of a head that is drawn alone
 * @returns {any[]} a layer's lines and the weights behind them, its colour and dash, its heaviest line, how far it lies beside the others
 */
export function layersOf({trace, site, heads, of, lines, place, theme}, colour = PALETTES[theme].ink) {
  const together = lines.heads === "block", beside = [...heads].sort((a, b) => a - b);
  return heads.map((head, i) => ({
    head, lines: of[i], pattern: trace.pattern(site, head), nKey: trace.head(site, head).nKey, thickest: thickest(together),
    colour: together ? headColour(head, theme) : colour, dash: together ? headDash(head) : [], shift: shift(beside.indexOf(head), heads.length, place.step),
  }));
}
