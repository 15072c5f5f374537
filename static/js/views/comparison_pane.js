/** One run of a comparison: what it is, what can be changed of it, and its head, with the selection that all panes share. */
import {html} from "htm/preact";
import {useMemo} from "preact/hooks";
import {scoreRow} from "../attention.js";
import {blocksOf} from "../blocks.js";
import {number} from "../format.js";
import {label} from "../labels.js";
import {viewName} from "../names.js";
import {offTraining, readsDocument} from "../off_training.js";
import {SHOWN} from "../paging.js";
import {LETTERS} from "../panes.js";
import {isLarge, matrixOf} from "../tiling.js";
import {Boundary} from "./boundary.js";
import {useLargest} from "./largest.js";
import {PaneControls, PanePainter} from "./pane_controls.js";
import {PaneTitle} from "./pane_title.js";
import {Token} from "./token.js";
import {TokenMatrix} from "./token_matrix.js";

/** @param {any} props pane: its place among ends and cells; panes: those besides A, with what is asked of them */
export function ComparisonPane(props) {
  const {t, pane, panes, ends, models, on} = props, end = ends[pane], asked = panes[pane - 1], letter = LETTERS[pane];
  const refused = asked?.refusal, waits = pane > 0 && Boolean(asked.running);
  const say = (changes, begun) => on.pane(pane - 1, changes, begun);
  const off = end && offTraining(t, end.trace, models);
  return html`
    <section class="comparison-pane ${waits ? "stale" : ""}" aria-label=${t("Pane {letter}", {letter})} aria-busy=${waits || (!end && !refused)}>
      <header>
        <h3><b class="letter">${letter}</b> <${PaneTitle} ...${{t, end, ends, models}} /></h3>
        ${pane > 0 && html`<button type="button" class="quiet" aria-label=${t("Remove pane {letter}", {letter})} onClick=${() => on.removePane(pane - 1)}>${t("Remove")}</button>`}
      </header>
      <div class="about-pane">
        ${pane > 0 && html`<${PaneControls} ...${props} word=${asked.word} onSay=${say} />`}
        ${refused && html`<p class="refusal" role="alert">${refused}${end ? ` ${t("What was here before stays.")}` : ""}</p>`}
        ${off && html`<p class="note warning">${t("This model learned with another mask ({mask}): what you see here is off its training.", {mask: off})}</p>`}
        ${end && readsDocument(end.trace, end.site) && html`<p class="note">${t("This decoder also learned with this mask, on documents of a source, a separator and its translation: see its model card.")}</p>`}
      </div>
      <div class="of-pane">${end ? html`<${PaneMatrix} ...${props} end=${end} letter=${letter} />`
        : !refused && html`<p class="waiting">${t("Running…")}</p>`}
        ${pane > 0 && html`<${PanePainter} ...${props} word=${asked.word} onSay=${say} />`}</div>
    </section>`;
}

function PaneMatrix({t, plotly, theme, present, digits, shows, view, rows: shown, pane, end, ends, cells, letter, choose, on}) {
  const {trace, site, head} = end, cell = cells[pane], one = trace.head(site, head), weights = view === "weights";
  const matrix = useMemo(() => headMatrix(end, view), [trace, site, head, view]);
  const [rows, columns] = useMemo(() => ["query", "key"].map((axis) => trace.along(site, axis).map(label)), [trace, site]);
  const all = useMemo(() => (weights ? [] : ends.map((each) => each && (each === end ? matrix : headMatrix(each, view)))), [ends, view, matrix]);
  const found = useLargest(all, !weights), most = weights ? 1 : found ?? 1;
  const place = (to) => to && {pane, query: to.row, key: to.column};
  const prefix = site.query === site.key && !(present && columns.length > SHOWN) ? site.mask.prefix : null; // a page of a class has no room for it
  const move = (at, begun) => (pane === 0 ? on.mask(`prefix:${at}`, begun) : on.pane(pane - 1, {mask: `prefix:${at}`}, begun));
  return html`
    <${TokenMatrix} ...${{t, plotly, theme, present, digits, matrix, rows, columns, most}} as=${shows.as} signed=${!weights} ready=${found !== null}
      name=${shows.as === "table" ? `${letter}: ${viewName(t, view)}` : t("Attention matrix of pane {letter}. Arrow keys choose a cell.", {letter})}
      selected=${cell.query === null ? null : {row: cell.query, column: cell.key}} covered=${shown === "read" && cell.query !== null ? cell.query + 1 : null}
      over=${Number.isInteger(prefix) && html`<${Boundary} t=${t} tokens=${trace.along(site, "key")} at=${prefix} onMove=${move} />`}
      onHover=${(to) => choose.hover(place(to))} onPick=${(to) => choose.pick(place(to))} />
    <p class="at">${said(t, {one, trace, site, head, weights, cell})}</p>`;
}

/** In which a hidden cell is NaN. */
function headMatrix({trace, site, head}, view) {
  const one = trace.head(site, head);
  if (isLarge(one)) return blocksOf(trace, site, head, view);
  return matrixOf(one, (query) => (view === "weights" ? trace.row(site, head, query) : scoreRow(one, query)), 0);
}

function said(t, {one, trace, site, head, weights, cell: {query, key}}) {
  if (query === null) return t("The chosen query has no partner here.");
  const token = (axis, i) => html`<span class=${`of-${axis}`}><${Token} token=${trace.along(site, axis)[i]} length=${12} /></span>`;
  if (key === null) return html`${token("query", query)} ${t("has a row here; the chosen key has no partner.")}`;
  const value = !one.visible(query, key) ? t("masked") : number(weights ? trace.row(site, head, query)[key] : scoreRow(one, query)[key]);
  return html`${token("query", query)} → ${token("key", key)} <b>${value}</b>`;
}
