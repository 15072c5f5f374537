/** The chosen head: its attention weights, its scores, or its queries, keys and values, each as a heatmap. */
import {html} from "htm/preact";
import {useMemo} from "preact/hooks";
import {scoreRow} from "../attention.js";
import {blocksOf} from "../blocks.js";
import {plotlyScale, signedColour, weightColour} from "../colour.js";
import {actsOf} from "../edit_words.js";
import {editsOf} from "../edits.js";
import {number} from "../format.js";
import {evidence, known} from "../kinds.js";
import {label} from "../labels.js";
import {maskOf} from "../masks.js";
import {headName, maskName, siteName, viewName} from "../names.js";
import {reopened} from "../portions.js";
import {FIRST} from "../sink.js";
import {isLarge, matrixOf, nested} from "../tiling.js";
import {useUnique} from "../unique.js";
import {EditMenu} from "./edit_menu.js";
import {HeadKinds} from "./head_kinds.js";
import {Heatmap} from "./heatmap.js";
import {Counting, useLargest} from "./largest.js";
import {SignedLegend, WeightLegend} from "./legend.js";
import {Lines} from "./lines.js";
import {Matrices} from "./matrices.js";
import {AsTable, NumberTable} from "./number_table.js";
import {worked} from "./precision.js";
import {PagedHeatmap} from "./paged_heatmap.js";
import {SaveMenu} from "./save_menu.js";
import {SinkToggle} from "./sink.js";
import {TiledHeatmap} from "./tiled_heatmap.js";
import {TokenSteps} from "./token_steps.js";
import {Values} from "./values.js";

const SINKABLE = ["weights", "values"]; // the views that can leave the first position out

export function HeadFigure({
  t, lang, plotly, trace, site, head, view: wanted, lines, shows, digits, kinds, kind, theme, cell, off, weights, saved, rows, walking, bounded, present, here = known(trace), editing = null, on,
}) {
  const {views} = trace, view = views.includes(wanted) ? wanted : views[0];
  const panel = useUnique(), made = editsOf(trace.request.edits ?? [], site, head);
  const choose = (event) => {
    const step = {ArrowRight: 1, ArrowLeft: -1}[event.key];
    if (!step) return;
    event.preventDefault();
    const next = views[(views.indexOf(view) + step + views.length) % views.length];
    on.view(next);
    event.currentTarget.querySelector(`[data-view="${next}"]`).focus();
  };
  const Figure = {qkv: Matrices, lines: Lines, values: Values}[view] ?? Pattern;
  const marks = useMemo(() => (Figure === Pattern ? evidence(trace, site, head, kind) : []), [trace, site, head, kind, Figure, here]);
  return html`
    <section class="head-figure" aria-label=${t("The chosen head")}>
      <header>
        <h2>${siteName(t, site)}<small>${headName(t, site, head)} · ${maskName(t, maskOf(site, head))}</small>
          ${made.length > 0 && html` <b class="edited">${t("edited: {acts}", {acts: actsOf(t, made)})}</b>`}</h2>
        ${editing && !trace.file && !trace.alone && html`<${EditMenu} ...${{t, site, head}} edits=${editing.edits} onEdits=${on.edit.apply} onPaint=${() => on.edit.painting("head")} />`}
        <${SaveMenu} t=${t} kinds=${trace.saves} saved=${saved} part=${trace.saves.includes("safetensors") && reopened(trace) !== null} onSave=${on.save} />
        <div role="tablist" class="tabs" aria-label=${t("What is drawn")} onKeyDown=${choose}>
          ${views.map((name) => html`
            <button type="button" role="tab" data-view=${name} aria-selected=${name === view}
              tabindex=${name === view ? 0 : -1} aria-controls=${panel} onClick=${() => on.view(name)}>${viewName(t, name)}</button>`)}
        </div>
      </header>
      <${HeadKinds} ...${{t, lang, trace, site, head, kinds, kind, here}} marked=${marks.length} onKind=${on.kind} />
      ${off && html`<p class="note warning">${t("This model learned with another mask ({mask}): what you see here is off its training.", {mask: off})}</p>`}
      <${Blind} ...${{t, trace, site}} />
      <div class="about-figure">
        ${weights && !weights.finished && html`
          <p class="note warning">${t("Weights of step {step} of {last}, not the finished model.", weights)}</p>`}
        ${view === "qkv" && html`<${AsTable} t=${t} as=${shows.as} on=${on} />`}
        ${SINKABLE.includes(view) && html`<${SinkToggle} ...${{t, trace, site, head, query: cell.query, sink: shows.sink, on}} />`}
      </div>
      <div id=${panel} role="tabpanel" aria-label=${viewName(t, view)}>
        <${Figure} ...${{t, plotly, trace, site, head, view, lines, ...shows, digits, theme, cell, marks, rows, bounded, present, here, on}} />
      </div>
      <div class="below-figure">
        ${["qkv", "values"].includes(view) || html`<${TokenSteps} ...${{t, trace, site, head, cell, rows, walking, on}} covers=${Figure === Pattern} />`}
        ${Figure === Pattern && html`<${AsTable} t=${t} as=${shows.as} on=${on} />`}
      </div>
    </section>`;
}

/** The queries that the mask hides everything from. */
function Blind({t, trace, site}) {
  const queries = site.no_visible_key ?? [], [first] = queries;
  if (!queries.length) return null;
  return html`<p class="note hidden-key blind">${queries.length === 1
    ? t("Query {query} may see no key: its row is hatched, its weights are 0, and z, a sum over no keys, is exactly zero.", {query: `${first} ${label(trace.along(site, "query")[first])}`})
    : t("{count} queries may see no key: their rows are hatched, their weights are 0, and z, a sum over no keys, is exactly zero.", {count: queries.length})}</p>`;
}

export function Pattern({t, plotly, trace, site, head, view, as, sink, digits, theme, cell, marks, rows: shown, bounded, present, on}) {
  const weights = view === "weights", hides = weights && sink === "hidden";
  const labels = useLabels(trace);
  const rows = labels[site.query], columns = labels[site.key];
  const large = isLarge(trace.head(site, head)), tiled = !present && large;
  const matrix = useMemo(() => (large ? blocksOf(trace, site, head, weights ? "weights" : "scores", hides ? FIRST + 1 : 0) : numbers(trace, site, head, weights, hides)),
    [trace, site, head, weights, hides]);
  const z = useMemo(() => (large ? null : nested(matrix)), [matrix]);
  const found = useLargest([matrix], !weights && as !== "table"), largest = weights ? 1 : found ?? 1;
  const colours = useMemo(() => (weights
    ? plotlyScale((x) => weightColour(x, theme), 0) : plotlyScale((x) => signedColour(x, theme), -1)), [weights, theme]);
  const colourOf = (x) => (weights ? weightColour(x, theme) : signedColour(x / largest, theme));
  const picked = (to) => (to === null ? null : {query: to.row, key: to.column});
  const Drawn = as === "table" ? NumberTable : present ? PagedHeatmap : tiled ? TiledHeatmap : Heatmap;
  const rowOf = (query) => Array.from(weights ? trace.row(site, head, query) : scoreRow(trace.head(site, head), query),
    (x, key) => (trace.head(site, head).visible(query, key) ? x : null));
  return html`
    <${Drawn} key=${tiled && `${rows.length}/${columns.length}`} t=${t} plotly=${plotly} square=${true} veiled=${hides ? FIRST : null} bounded=${bounded} matrix=${matrix} z=${z} rows=${rows} columns=${columns} theme=${theme} colours=${colours}
      rowOf=${rowOf} precision=${trace.file ? null : worked(t)} digits=${digits} name=${as === "table" ? viewName(t, view) : t("Attention matrix. Arrow keys choose a cell.")} moment=${trace.request.checkpoint} range=${[weights ? 0 : -largest, largest]} ready=${weights || found !== null} colourOf=${colourOf}
      rowAxis=${t("query: who looks")} columnAxis=${t("key: what is looked at")}
      room=${weights ? 32 : 46} written=${(x) => (x === null ? "" : weights ? x.toFixed(2) : number(x, 2))}
      marks=${marks} covered=${shown === "read" ? cell.query + 1 : null} selected=${{row: cell.query, column: cell.key}} onHover=${(to) => on.hover(picked(to))}
      onPick=${(to) => on.pick(picked(to))} onMove=${(to) => on.pick(picked(to))} />
    ${as === "table" ? null : weights ? html`<${WeightLegend} t=${t} theme=${theme} hides=${hides} />`
      : found === null ? html`<${Counting} t=${t} matrix=${matrix} />` : html`<${SignedLegend} t=${t} theme=${theme} largest=${largest} />`}`;
}

function numbers(trace, site, head, weights, hides) {
  const one = trace.head(site, head), pattern = weights && trace.pattern(site, head);
  const row = (query) => (weights ? pattern.subarray(query * one.nKey, (query + 1) * one.nKey) : scoreRow(one, query));
  return matrixOf(one, row, hides ? FIRST + 1 : 0);
}

const useLabels = (trace) => useMemo(
  () => Object.fromEntries(Object.entries(trace.tokens).map(([side, tokens]) => [side, tokens.map(label)])), [trace]);
