/** The chosen head as lines from queries to keys, on canvas; the tokens are buttons on its two sides. */
import {html} from "htm/preact";
import {useEffect, useLayoutEffect, useMemo, useRef, useState} from "preact/hooks";
import {PALETTES} from "../colour.js";
import {label} from "../labels.js";
import {isSlow, layersOf, linesOfHeads, shownHeads, sievesOf} from "../line_layers.js";
import {inSight, layout, suited} from "../line_layout.js";
import {blind, tally, thickest, written} from "../lines.js";
import {useSize} from "./heatmap.js";
import {paint} from "./line_canvas.js";
import {HeadSwitches, LineControls, LineLegend} from "./line_controls.js";
import {LineSide, RowSummary} from "./line_side.js";
import {useWork} from "./working.js";

const FAINT = 0.24; // the other lines beside the chosen query's
const BESIDE = 0.55; // the other heads beside the chosen one
const LARGE = 1.5; // times as large, for a class
const MOST_DEPTH = 560; // pixels, where it is the page that scrolls; what is deeper scrolls inside

export function Lines({t, trace, site, head, theme, cell, bounded, present, lines, on}) {
  const threshold = Number(lines.threshold), together = lines.heads === "block";
  const frame = useRef(null), pane = useRef(null), all = useRef(null), strong = useRef(null);
  const [pointed, point] = useState(null); // the token under the pointer, the keyboard's, or the one tapped last
  const {width, height} = useSize(frame);
  const tokens = {query: trace.along(site, "query"), key: trace.along(site, "key")};
  const queries = useMemo(() => tokens.query.map(label), [tokens.query]), keys = useMemo(() => tokens.key.map(label), [tokens.key]);
  const scale = present ? LARGE : 1, direction = lines.direction || (width ? suited({width, queries, keys, scale}) : "columns");
  const place = useMemo(() => layout({width: Math.max(width, 240), height: bounded ? height : MOST_DEPTH, queries, keys, direction, scale}),
    [width, bounded && height, queries, keys, direction, scale]);
  const shown = shownHeads(site, head, lines);
  const one = trace.head(site, head), base = useLines(trace, site, shown, threshold), weights = useMemo(() => trace.row(site, head, cell.query), [one, cell.query]);
  const sight = useSight(pane, place), {place: made, tokens: some} = useMemo(() => inSight(place, sight), [place, sight]);
  const dark = useMemo(() => blind(one), [one]);
  const alone = pointed && pointed.index < tokens[pointed.axis].length ? pointed : null;
  const token = alone ?? {axis: "query", index: cell.query};
  const bright = useMemo(() => linesOfHeads(trace, site, shown, threshold, token), [base, token.axis, token.index]);
  const drawn = tally(alone ? bright : base);

  const layers = (of, strength, colour) => layersOf({trace, site, heads: shown, of, lines, place, theme}, colour)
    .map((layer) => ({...layer, strength: strength * (layer.head === head ? 1 : BESIDE)}));
  const palette = PALETTES[theme];
  useLayoutEffect(() => (width ? paint(all.current, made, layers(base, FAINT, palette.ink)) : undefined), [base, made, theme]);
  useLayoutEffect(() => (width ? paint(strong.current, made, layers(bright, 1, palette[token.axis]), {cell, palette}) : undefined),
    [bright, made, theme, cell.query, cell.key]);
  useEffect(() => { // what is chosen is where it can be seen
    const at = place.side.query.step * (cell.query + 0.5), {scrollLeft, scrollTop, clientWidth, clientHeight} = pane.current;
    const [from, room, end] = place.direction === "rows" ? [scrollLeft, clientWidth, "left"] : [scrollTop, clientHeight, "top"];
    if (at < from || at > from + room) pane.current.scrollTo({[end]: at - room / 2});
  }, [trace, site, place, cell.query]);

  const side = (axis) => {
    const other = axis === "query" ? "key" : "query";
    const numbers = new Map(token.axis === axis ? [] : Array.from(bright.at(-1).cells, (at, i) =>
      [axis === "key" ? at % one.nKey : Math.floor(at / one.nKey), written(bright.at(-1).weights[i])]));
    return html`
      <${LineSide} ...${{t, axis, place, made: some[axis], numbers, tokens: tokens[axis], chosen: cell[axis], blind: axis === "query" ? dark : NONE}}
        pointed=${alone?.axis === axis ? alone.index : null}
        onPoint=${(index, hovers) => {
          point(index === null ? null : {axis, index});
          if (hovers) on.hover(index === null ? null : {...cell, [axis]: index});
        }}
        onPick=${(index) => on.pick({...cell, [axis]: index})}
        onCross=${() => frame.current.querySelector(`.side.${other} button[tabindex="0"]`).focus()} />`;
  };
  return html`
    <div class="lines-view">
      <${LineControls} ...${{t, threshold, direction, together, drawn}} asked=${lines.asked === "block" || together} token=${alone && {axis: alone.axis, label: label(tokens[alone.axis][alone.index])}}
        onChange=${on.show} />
      ${together && html`<${HeadSwitches} ...${{t, site, head, theme, shown, hidden: lines.hidden}} onHidden=${(hidden) => on.show({hidden})} onHead=${on.head} />`}
      <div class="axes ${direction}"><span class="of-query">${t("query: who looks")}</span>
        <span class="of-key">${t("key: what is looked at")}</span></div>
      <div class="frame" ref=${frame} style=${bounded ? null : {flex: "none", height: `${Math.min(place.height + 16, MOST_DEPTH)}px`}}>
        <div class="pane" ref=${pane} onClick=${(e) => e.target.closest("button") || point(null)}>
          <div class="sheet ${direction} ${alone ? "alone" : ""}" style=${{width: `${place.width}px`, height: `${place.height}px`, fontSize: `${place.font}px`, "--scale": scale}}>
            <canvas class="all" ref=${all} style=${area(made.canvas)} aria-hidden="true"></canvas>
            <canvas class="strong" ref=${strong} style=${area(made.canvas)} aria-hidden="true"></canvas>
            ${side("query")}${side("key")}
          </div>
        </div>
      </div>
      <${RowSummary} ...${{t, one, weights, queries, keys, cell, threshold, blind: dark.has(cell.query)}} />
      <${LineLegend} t=${t} together=${together} thickest=${thickest(together)} />
    </div>`;
}

/** The lines of these heads; those of a long one are worked out with the screen drawn in between, and there are none until that is done. */
function useLines(trace, site, heads, threshold) {
  const slow = isSlow(trace.head(site, heads[0])), given = [trace, site, heads.join(), threshold];
  const sieves = useMemo(() => (slow ? sievesOf(trace, site, heads, threshold) : []), given), left = () => sieves.some((sieve) => !sieve.done), waits = left();
  useWork(() => waits, (until) => {
    for (const sieve of sieves) while (performance.now() < until && !sieve.done) sieve.next();
    return left();
  });
  return useMemo(() => (!slow ? linesOfHeads(trace, site, heads, threshold) : waits ? heads.map(() => EMPTY) : sieves.map((sieve) => sieve.lines)), [...given, waits]);
}

/** What of the sheet is in sight, along the tokens, in steps of half of it. */
function useSight(pane, place) {
  const [sight, setSight] = useState({from: 0, room: 600});
  useEffect(() => {
    const node = pane.current, look = () => {
      const [at, room] = place.direction === "rows" ? [node.scrollLeft, node.clientWidth] : [node.scrollTop, node.clientHeight];
      const step = Math.max(100, room / 2), from = Math.floor(at / step) * step;
      setSight((now) => (now.from === from && now.room === room ? now : {from, room}));
    };
    look();
    node.addEventListener("scroll", look, {passive: true});
    return () => node.removeEventListener("scroll", look);
  }, [place]);
  return sight;
}

const EMPTY = {cells: new Int32Array(0), weights: new Float32Array(0), of: 0, weight: 0, total: 0};
const NONE = new Set();
const area = ({left, top, width, height}) => ({left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px`});
