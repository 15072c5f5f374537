/** A heatmap of which at most 16 rows and columns are shown at a time, large enough for a classroom's last row. */
import {html} from "htm/preact";
import {useMemo} from "preact/hooks";
import {pageOf, turned} from "../paging.js";
import {nested, part} from "../tiling.js";
import {Heatmap, moved} from "./heatmap.js";
import {Pages} from "./pages.js";

export function PagedHeatmap({t, z: _, matrix, rows, columns, marks, covered, veiled, selected, onHover, onPick, onMove, ...rest}) {
  const down = pageOf(rows.length, selected.row), across = pageOf(columns.length, selected.column);
  const cut = useMemo(() => ({
    z: nested(part(matrix, down, across)),
    rows: rows.slice(down.from, down.to), columns: columns.slice(across.from, across.to),
  }), [matrix, rows, columns, down.from, across.from]);
  const within = ({query, key}) => query >= down.from && query < down.to && key >= across.from && key < across.to;
  const outward = (then) => (to) => then(to && {row: to.row + down.from, column: to.column + across.from});
  const onKeyDown = (event) => {
    const to = moved(selected, event, rows.length, columns.length);
    if (!to) return;
    event.preventDefault();
    event.stopPropagation();
    onMove(to);
  };
  const first = covered === null ? Infinity : covered - down.from; // of the covered rows, on this page
  return html`
    <div class="paged" onKeyDownCapture=${onKeyDown}>
      <${Heatmap} ...${rest} ...${cut} large=${true}
        marks=${marks.filter(within).map(({query, key}) => ({query: query - down.from, key: key - across.from}))}
        covered=${first < down.to - down.from ? Math.max(0, first) : null} veiled=${across.from === 0 ? veiled : null}
        selected=${{row: selected.row - down.from, column: selected.column - across.from}}
        onHover=${outward(onHover)} onPick=${outward(onPick)} onMove=${outward(onMove)} />
    </div>
    <div class="pages-row">
      <${Pages} ...${{t, name: t("Queries"), count: rows.length, page: down}} onTurn=${(by) => onMove({...selected, row: turned(rows.length, selected.row, by)})} />
      <${Pages} ...${{t, name: t("Keys"), count: columns.length, page: across}}
        onTurn=${(by) => onMove({...selected, column: turned(columns.length, selected.column, by)})} />
    </div>`;
}
