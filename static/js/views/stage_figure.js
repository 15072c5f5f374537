/** What a stage computes, drawn from the trace for every token: matrices, patterns, tokens, predictions. */
import {html} from "htm/preact";
import {useMemo} from "preact/hooks";
import {WORKED} from "../attended.js";
import {comparable, matricesAt} from "../at_stage.js";
import {blocksOf} from "../blocks.js";
import {plotlyScale, signedColour, weightColour} from "../colour.js";
import {number} from "../format.js";
import {label} from "../labels.js";
import {scaleOf} from "../matrices.js";
import {isLarge, matrixOf, nested} from "../tiling.js";
import {Heatmap} from "./heatmap.js";
import {Counting, useLargest} from "./largest.js";
import {SignedLegend, WeightLegend} from "./legend.js";
import {Matrix} from "./matrix.js";
import {PagedHeatmap} from "./paged_heatmap.js";
import {PredictionTable, TokenTable} from "./stage_tables.js";
import {TiledHeatmap} from "./tiled_heatmap.js";
import {useWork} from "./working.js";

const FIGURES = {tokens: TokenTable, scores: Pattern, scale: Pattern, cap: Pattern, bias: Pattern, mask: Pattern, softmax: Pattern, logits: PredictionTable};

/** Patterns follow each other in one figure, whose colours fade; any other figure is its stage's own. */
export function StageFigure(props) {
  const {kind, id} = props.stage, Figure = FIGURES[kind] ?? Tensors;
  return html`<${Figure} key=${Figure === Pattern ? "pattern" : id} ...${props} />`;
}

const NONE = [];
const AT_ONCE = 2 ** 20; // numbers
const STREAM = new Set(["x", "x′"]);

/** The matrices of a stage, each with the tokens of its own axis. */
function Tensors(props) {
  const {t, theme, trace, stage, site, head, query, at, digits, bounded, on} = props;
  const rows = useMemo(() => matricesAt(props), [trace, stage, head]);
  const scales = useScales(rows, comparable(stage));
  return html`<div class="matrices-of-stage">${rows.slice(0, scales.length).map(({title, axis, matrix}, i) => {
    const side = ["key", "value"].includes(axis) ? "key" : "query";
    return html`
      <${Matrix} key=${title} ...${{t, theme, bounded, digits, title, matrix}} role=${axis || (STREAM.has(title) ? "stream" : "")}
        tokens=${axis ? trace.along(site, side) : trace.tokens[stage.side]} chosen=${side === "key" ? at : query} mark=${side}
        scale=${scales[i]} bands=${stage.kind === "out" && title === "z" ? {count: site.n_heads, chosen: head} : null}
        onPick=${(row) => on.pick({[side]: row})} />`;
  })}</div>`;
}

/** Where the colours of each end; of many numbers a matrix at a time, with the screen drawn in between. shared: whether all end at the same */
function useScales(rows, shared) {
  const found = useMemo(() => {
    const all = rows.map(({matrix}) => matrix), few = all.reduce((sum, {data}) => sum + data.length, 0) <= AT_ONCE;
    if (shared) return Array(all.length).fill(scaleOf(...all));
    return (few ? all : all.slice(0, 1)).map((one) => scaleOf(one));
  }, [rows]);
  useWork(() => found.length < rows.length, () => {
    found.push(scaleOf(rows[found.length].matrix));
    return false;
  });
  return found;
}

/** Scores of every query against every key, and what becomes of them. */
function Pattern({t, plotly, trace, stage, site, head, query, at, work, theme, bounded, present, on}) {
  const {kind} = stage, weights = kind === "softmax", one = trace.head(site, head), tiled = !present && isLarge(one);
  const hides = ["mask", "softmax"].includes(kind), visible = hides ? one.visible : () => true;
  const matrix = useMemo(() => {
    const name = WORKED[kind], all = work[name];
    if (!isLarge(one)) return matrixOf({...one, visible}, (row) => all[row], 0);
    return blocksOf(trace, site, head, name === "masked" ? "scores" : name, 0, visible);
  }, [work, kind]);
  const z = useMemo(() => (isLarge(one) ? null : nested(matrix)), [matrix]), Drawn = present ? PagedHeatmap : tiled ? TiledHeatmap : Heatmap;
  const rows = useMemo(() => trace.along(site, "query").map(label), [trace, site]);
  const columns = useMemo(() => trace.along(site, "key").map(label), [trace, site]);
  const found = useLargest([matrix], !weights), largest = weights ? 1 : found ?? 1;
  const colours = useMemo(() => (weights ? plotlyScale((x) => weightColour(x, theme), 0) : plotlyScale((x) => signedColour(x, theme), -1)), [weights, theme]);
  const picked = (to) => (to === null ? null : {query: to.row, key: to.column});
  return html`
    <${Drawn} ...${{t, plotly, square: true, bounded, marks: NONE, covered: null, matrix, z, rows, columns, theme, colours}} name=${t("Attention matrix. Arrow keys choose a cell.")}
      moment=${stage.id} range=${[weights ? 0 : -largest, largest]} ready=${weights || found !== null}
      colourOf=${(x) => (weights ? weightColour(x, theme) : signedColour(x / largest, theme))}
      rowAxis=${t("query: who looks")} columnAxis=${t("key: what is looked at")} room=${weights ? 34 : 46}
      written=${(x) => (x === null ? "" : weights ? x.toFixed(2) : number(x, 2))} selected=${{row: query, column: at}}
      onHover=${(to) => on.hover(picked(to))} onPick=${(to) => on.pick(picked(to))} onMove=${(to) => on.pick(picked(to))} />
    ${weights ? html`<${WeightLegend} t=${t} theme=${theme} />` : found === null ? html`<${Counting} t=${t} matrix=${matrix} />` : html`<${SignedLegend} t=${t} theme=${theme} largest=${largest} />`}`;
}
