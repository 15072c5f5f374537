/** What the chosen head moves: values by weight and length, z, the head's share of what its site adds, and all queries at once. */
import {html} from "htm/preact";
import {useMemo} from "preact/hooks";
import {blocksOf} from "../blocks.js";
import {plotlyScale, weightColour} from "../colour.js";
import {ALL, number, percent} from "../format.js";
import {label} from "../labels.js";
import {FIRST} from "../sink.js";
import {isLarge, matrixOf, nested} from "../tiling.js";
import {largestBy, movedRows, movedTo} from "../values.js";
import {Choice} from "./choice.js";
import {Heatmap} from "./heatmap.js";
import {KeyBars} from "./key_bars.js";
import {Counting, useLargest} from "./largest.js";
import {WeightLegend} from "./legend.js";
import {AsTable, NumberTable} from "./number_table.js";
import {worked} from "./precision.js";
import {Shares} from "./shares.js";
import {Strip} from "./strip.js";
import {TiledHeatmap} from "./tiled_heatmap.js";

export function Values(props) {
  const {t, trace, site, head, cell, theme, digits, order, sink, on} = props;
  const moved = movedTo(trace.head(site, head), cell.query), keys = trace.along(site, "key");
  const show = (x) => number(x, digits);
  return html`
    <div class="values ${digits === ALL ? "exact" : ""}">
      <section>
        <header>
          <h3>${t("What this head moves to {query}", {query: label(trace.along(site, "query")[cell.query])})}</h3>
          <${Choice} legend=${t("Keys")} value=${order} onChoose=${(to) => on.show({order: to})}
            options=${[["place", t("in order")], ["size", t("largest first")]]} />
        </header>
        <p class="meaning">${t("A weight says how much of a value is taken; how much that moves depends on how long the value is, too: a large weight on a short value moves little. After Kobayashi et al. 2020, with v as it is before W_O.")}</p>
        <${KeyBars} ...${{t, keys, moved, chosen: cell.key, order, hides: sink === "hidden", show, onPick: (key) => on.pick({query: cell.query, key})}} />
        ${moved.sum > 0 && html`<p class="told">${foremost(t, moved, keys)}</p>`}
      </section>
      <section>
        <h3>z <span class="formula">= ∑ ${t("weight")} · <b class="of-value">v</b></span></h3>
        <${Strip} name="z" role="" values=${moved.z} largest=${Math.max(...Array.from(moved.z, Math.abs), 1e-9)} theme=${theme} show=${show} />
        <p class="told">${t("‖z‖ = {norm}. The weighted norms add up to {sum}; what is missing is where values point apart.",
          {norm: show(moved.zNorm), sum: show(moved.sum)})}</p>
      </section>
      <${Shares} ...${{t, trace, site, head, query: cell.query, show, onPick: (to) => on.head(site.name, to)}} />
      <${Everywhere} ...${props} />
    </div>`;
}

/** Weight and what it moves, for the key with most of the one and for that with most of the other. */
function foremost(t, {rows, sum}, keys) {
  const read = largestBy(rows, "weight"), moves = largestBy(rows, "moved");
  const facts = {read: label(keys[read.key]), weight: percent(read.weight), part: percent(read.moved / sum)};
  return read === moves
    ? t("{read} has the largest weight, {weight}, and moves most, {part} of the sum of weighted norms.", facts)
    : t("{read} has the largest weight, {weight}, and {part} of the sum of weighted norms; {moves} moves most, {share} of it.",
      {...facts, moves: label(keys[moves.key]), share: percent(moves.moved / sum)});
}

function Everywhere({t, plotly, trace, site, head, cell, theme, digits, as, measure, sink, on}) {
  const one = trace.head(site, head), norms = measure === "norms", hides = sink === "hidden", tiled = isLarge(one);
  const {matrix, all} = useMemo(() => {
    if (tiled) return {matrix: blocksOf(trace, site, head, measure, hides ? FIRST + 1 : 0), all: null};
    const pattern = trace.pattern(site, head), row = movedRows(one, (query) => pattern.subarray(query * one.nKey, (query + 1) * one.nKey), measure);
    const drawn = (from) => matrixOf(one, (query) => Float32Array.from(row(query)), from), all = drawn(0);
    return {matrix: hides ? drawn(FIRST + 1) : all, all};
  }, [one, measure, hides]);
  const found = useLargest([all ?? matrix], norms && as !== "table"), largest = norms ? found ?? 1 : 1;
  const z = useMemo(() => (tiled ? null : nested(matrix)), [matrix, tiled]);
  const colours = useMemo(() => plotlyScale((x) => weightColour(x, theme), 0), [theme]);
  const labels = (axis) => trace.along(site, axis).map(label);
  const [rows, columns] = useMemo(() => [labels("query"), labels("key")], [trace, site]);
  const rowOf = movedRows(one, (query) => trace.row(site, head, query), measure);
  const picked = (to) => (to === null ? null : {query: to.row, key: to.column});
  return html`
    <section>
      <header>
        <h3>${t("All queries and keys")}</h3>
        <${Choice} legend=${t("Drawn")} value=${measure} onChoose=${(to) => on.show({measure: to})}
          options=${[["norms", t("weight × ‖v‖")], ["weights", t("weight")]]} />
        <${AsTable} t=${t} as=${as} on=${on} />
      </header>
      <${as === "table" ? NumberTable : tiled ? TiledHeatmap : Heatmap} ...${{t, digits, rowOf, plotly, matrix, z, rows, columns, theme, colours}} key=${tiled && `${rows.length}/${columns.length}`} square=${true} veiled=${hides ? FIRST : null} precision=${worked(t)}
        name=${norms ? t("Weight times the norm of the value. Arrow keys choose a cell.") : t("Attention matrix. Arrow keys choose a cell.")}
        moment=${trace.request.checkpoint} range=${[0, largest]} ready=${!norms || found !== null} colourOf=${(x) => weightColour(x / largest, theme)}
        rowAxis=${t("query: who looks")} columnAxis=${t("key: what is looked at")} room=${largest < 10 ? 34 : 42}
        written=${(x) => (x === null ? "" : x.toFixed(2))} selected=${{row: cell.query, column: cell.key}}
        onHover=${(to) => on.hover(picked(to))} onPick=${(to) => on.pick(picked(to))} onMove=${(to) => on.pick(picked(to))} />
      ${as === "table" ? null : norms && found === null ? html`<${Counting} t=${t} matrix=${matrix} />` : html`<${WeightLegend} t=${t} theme=${theme} largest=${largest} hides=${hides}
        ...${norms && {of: t("The colour follows the square root of weight times norm.")}} />`}
    </section>`;
}
