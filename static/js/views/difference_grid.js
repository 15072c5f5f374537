/** Every head as what it differs by between two panes, with the largest difference below; in their places, or the largest first. */
import {html} from "htm/preact";
import {useLayoutEffect, useMemo, useRef} from "preact/hooks";
import {aligned} from "../alignment.js";
import {painted, tableOf} from "../colour_table.js";
import {headDifference, largest} from "../differences.js";
import {groupsOf} from "../grid.js";
import {headName, siteMeaning, siteName} from "../names.js";
import {LARGEST} from "../patches.js";
import {missingAt} from "../portions.js";
import {patches} from "../tiling.js";
import {useHeadKeys} from "./head_keys.js";
import {SignedLegend} from "./legend.js";

export function DifferenceGrid({t, ends, pair, site, head, theme, sorted, onPick}) {
  const root = useRef(null), [one, other] = pair.map((pane) => ends[pane].trace);
  const heads = useMemo(() => differences(one, other), [ends[pair[0]], ends[pair[1]]]);
  const most = Math.max(1e-9, ...heads.map((each) => each.size));
  const groups = useMemo(() => grouped(one, heads, sorted), [heads, sorted]);
  const keys = useHeadKeys(root, {site, head, onPick});
  const chosen = (each) => each.site.name === site.name && each.head === head;
  const reached = heads.find(chosen) ?? heads[0];
  return html`
    <section class="head-grid" ref=${root} aria-label=${t("Differences of the heads")}>
      <h2>${t("Heads")}</h2>
      <p class="meaning">${t("Each picture is what one head's weights differ by; the number is the largest difference of a cell.")}</p>
      <div onKeyDown=${keys(groups)}>
        ${groups.map((group) => html`
          <div class="group">
            <h3>${group.site ? siteName(t, group.site) : t("The largest difference first")}</h3>
            ${group.site && html`<p class="meaning">${siteMeaning(t, group.site, Object.keys(one.tokens).length === 1)}</p>`}
            <div role="grid" class="grid" style=${{"--heads": one.sites[0].n_heads}} aria-label=${group.site ? siteName(t, group.site) : t("The largest difference first")}>
              ${group.rows.map((row) => html`
                <div role="row" class="row ${group.site ? "" : "sorted"}">
                  ${group.site && html`<span role="rowheader" class="block">${t("block {block}", {block: row[0].site.layer})}</span>`}
                  ${row.map(({site: at, head: index}) => heads.find((each) => each.site === at && each.head === index)).map((each) => html`
                    <button type="button" role="gridcell" class="head" aria-selected=${chosen(each)} tabindex=${each === reached ? 0 : -1}
                      aria-label=${[siteName(t, each.site), headName(t, each.site, each.head)].join(", ")} aria-description=${t("differs by up to {size}", {size: each.size.toFixed(2)})}
                      onClick=${() => onPick(each.site.name, each.head)}>
                      <${Picture} matrix=${each.matrix} most=${most} theme=${theme} />
                      <small>${group.site ? each.head : `${each.site.layer}.${each.head}`}</small>
                      <span class="caption">${each.size.toFixed(2)}</span>
                    </button>`)}
                </div>`)}
            </div>
          </div>`)}
      </div>
      ${heads.length > 0 && sideOf(heads[0].matrix) > 1 && html`<p class="note">${t("Each pixel shows the largest difference of its patch.")}</p>`}
      ${heads.length === 0 && html`<p class="note">${t("Of a long text the heads are not all here: choose one of them by its weights.")}</p>`}
      <${SignedLegend} t=${t} theme=${theme} largest=${most} />
    </section>`;
}

/** Every head of two runs of one model, where both have what it is drawn from. */
function differences(one, other) {
  return one.sites.flatMap((site) => {
    const twin = other.site(site.name);
    if (missingAt(one, site).length || missingAt(other, twin).length) return [];
    const [queries, keys] = ["query", "key"].map((axis) => aligned(one.along(site, axis), other.along(twin, axis)).pairs);
    if (!queries.length || !keys.length) return [];
    return Array.from({length: site.n_heads}, (_, head) => {
      const matrix = headDifference({trace: one, site, head}, {trace: other, site: twin, head}, queries, keys);
      return {site, head, matrix, size: largest(matrix).size};
    });
  });
}

/** In rows as the page's grid has them. -> {site, rows}[], site null for the sorted list */
function grouped(trace, heads, sorted) {
  const {n_heads: columns} = trace.sites[0];
  if (!sorted) return groupsOf(trace, {kind: "", sort: "block", wanted: (site, head) => heads.some((each) => each.site === site && each.head === head)});
  const ranked = [...heads].sort((a, b) => b.size - a.size);
  return ranked.length ? [{site: null, rows: Array.from({length: Math.ceil(ranked.length / columns)}, (_, i) => ranked.slice(i * columns, (i + 1) * columns))}] : [];
}

/** How many cells a side share one pixel. */
const sideOf = ({rows, columns}) => Math.ceil(Math.max(rows, columns) / LARGEST);

function Picture({matrix, most, theme}) {
  const canvas = useRef(null);
  useLayoutEffect(() => {
    const side = sideOf(matrix), pooled = patches(matrix, {down: side, across: side}), {rows: height, columns: width} = pooled;
    Object.assign(canvas.current, {width, height});
    canvas.current.getContext("2d").putImageData(
      new ImageData(painted(pooled, {top: 0, left: 0, height, width}, tableOf(theme, [-most, most])), width, height), 0, 0);
  }, [matrix, most, theme]);
  return html`<canvas ref=${canvas} aria-hidden="true"></canvas>`;
}
