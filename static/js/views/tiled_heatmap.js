/** A heatmap of more tokens than plotly draws well: all of it first, then any part as large as one likes. The cells are looked up as in a small one. */
import {html} from "htm/preact";
import {useEffect, useLayoutEffect, useMemo, useRef, useState} from "preact/hooks";
import {tableOf} from "../colour_table.js";
import {elide} from "../labels.js";
import {cellAt, foremost, held, placed, showing, sideAt, whole, zoomed} from "../tiling.js";
import {useGestures} from "./gestures.js";
import {Marks, moved, share, useSize} from "./heatmap.js";
import {Overview} from "./overview.js";
import {OUTLINED, paint, paneOf} from "./tile_canvas.js";
import {Tiles} from "./tiles.js";
import {ZoomBar} from "./zoom_bar.js";

const STEP = 1.5; // of a button or key: how much larger a cell becomes
const MOST_DEPTH = 560; // pixels, where it is the page that scrolls
const LONGEST = 12, NARROW = 560, LONGEST_OF_NARROW = 7; // characters of a label; pixels

/** Props as of Heatmap, with `matrix` (see tiling.js) in place of z. */
export function TiledHeatmap({
  t, name, matrix, rows, columns, rowAxis, columnAxis, range, theme, bounded, written, room, colourOf, marks, covered, selected, veiled, onHover, onPick, onMove,
}) {
  const frame = useRef(null), canvas = useRef(null);
  const {width, height} = useSize(frame);
  const size = {width, height: bounded ? height : Math.min(width, MOST_DEPTH)}, longest = width < NARROW ? LONGEST_OF_NARROW : LONGEST;
  const pane = useMemo(() => paneOf({...size, rows, columns, longest}), [size.width, size.height, rows, columns]);
  const [zoom, setZoom] = useState(null); // the view; null: all of it
  const seen = (view) => (view ? held(view, matrix, pane) : whole(matrix, pane));
  const change = (to) => setZoom((view) => {
    const now = seen(view), next = to(now);
    if (next.cell === now.cell && next.x === now.x && next.y === now.y) return view;
    return next.cell === whole(matrix, pane).cell ? null : next;
  });
  const view = seen(zoom), side = sideAt(view.cell * devicePixelRatio);
  const tiles = useMemo(() => new Tiles(matrix, tableOf(theme, range)), [matrix, theme, ...range]);
  useLayoutEffect(() => {
    if (width && size.height) paint(canvas.current, {tiles, view, pane, size, labels: {rows, columns}, longest, axes: {rows: rowAxis, columns: columnAxis}, theme, marks, written, room, colourOf});
  }, [tiles, view.cell, view.x, view.y, pane, rows, columns, rowAxis, columnAxis, marks, devicePixelRatio]);
  const pointed = useRef(null), chosen = useRef(String([selected.row, selected.column])); // cells: under the pointer, and the last that the view went after
  useEffect(() => { // what is only pointed at moves nothing, nor does pointing no more
    if (pointed.current !== null || chosen.current === String([selected.row, selected.column])) return;
    chosen.current = String([selected.row, selected.column]);
    change((now) => showing(now, selected, matrix, pane));
  }, [selected.row, selected.column]);

  const zoomBy = (by, at) => change((now) => zoomed(now, now.cell * by, at, matrix, pane));
  const zoomHere = (by) => zoomBy(by, middle(view, selected, pane));
  const pan = ({x, y}) => change((now) => placed(now, {x: now.x - x / now.cell, y: now.y - y / now.cell}, matrix, pane));
  const centre = ({row, column}) => change((now) => placed(now, {x: column - pane.width / now.cell / 2, y: row - pane.height / now.cell / 2}, matrix, pane));
  const at = (point) => {
    const cell = cellAt(view, point, matrix);
    return cell && (side > 1 ? foremost(matrix, cell, side) : cell);
  };
  const hover = (cell) => {
    const name = cell && String([cell.row, cell.column]);
    if (name !== pointed.current) onHover(cell);
    pointed.current = name;
  };
  const pick = (cell) => {
    if (!cell) return;
    chosen.current = String([cell.row, cell.column]);
    onPick(cell);
  };
  const gestures = useGestures({onZoom: zoomBy, onPan: pan, onPoint: (point) => hover(point && at(point)), onPick: (point) => pick(at(point)),
    onWhole: () => setZoom(null), canShrink: zoom !== null});
  const onKeyDown = (event) => {
    if (event.altKey || event.metaKey) return;
    const to = moved(selected, event, matrix.rows, matrix.columns);
    const scale = !event.ctrlKey && {"+": STEP, "=": STEP, "-": 1 / STEP, "_": 1 / STEP, "0": 0}[event.key];
    if (!to && typeof scale !== "number") return;
    event.preventDefault();
    pointed.current = null;
    if (to) onMove(to);
    else if (scale) zoomHere(scale);
    else setZoom(null);
  };
  return html`
    <div class="heatmap tiled" ref=${frame} style=${bounded ? {flex: "1 1 0"} : {height: `${size.height}px`}}>
      <div class="hatch" style=${box(pane, view, matrix)}></div>
      <canvas ref=${canvas} aria-hidden="true"></canvas>
      <div class="cells ${zoom ? "zoomed" : ""}" style=${area(pane)} role="application" tabindex="0" aria-label=${name} ...${gestures} onKeyDown=${onKeyDown}>
        <div class="sheet" style=${sheet(view, matrix)}>
          ${veiled !== null && html`<i class="veil" style=${{left: share(veiled, matrix.columns), width: share(1, matrix.columns), top: 0, bottom: 0}}></i>`}
          ${covered !== null && html`<i class="covered" style=${{top: share(covered, matrix.rows), bottom: 0, left: 0, right: 0}}></i>`}
          <${Marks} selected=${selected} rows=${matrix.rows} columns=${matrix.columns} />
        </div>
      </div>
      <${Chosen} ...${{view, pane, longest, selected, rows, columns}} />
      ${zoom && html`<${Overview} ...${{tiles, view, pane}} onCentre=${centre} />`}
    </div>
    <${ZoomBar} ...${{t, view, pane, matrix, side, signed: range[0] < 0}} outlined=${marks.length === 0 || view.cell >= OUTLINED} zoomed=${zoom !== null}
      onZoom=${(by) => zoomHere(by > 0 ? STEP : 1 / STEP)} onWhole=${() => setZoom(null)} />`;
}

/** The names of the chosen cell, which may not be among those that have room. */
function Chosen({view, pane, longest, selected: {row, column}, rows, columns}) {
  const down = (row + 0.5 - view.y) * view.cell, across = (column + 0.5 - view.x) * view.cell;
  const name = (of, text, index, left, top) => html`
    <bdi class="chosen-name ${of}" aria-hidden="true" style=${pixels({left, top})}>${elide(text, longest)}<sub>${index}</sub></bdi>`;
  return html`
    ${down >= 0 && down <= pane.height && name("of-query", rows[row], row, pane.left, pane.top + down)}
    ${across >= 0 && across <= pane.width && name("of-key", columns[column], column, pane.left + across, pane.top)}`;
}

/** Where to zoom: at the chosen cell, or where that is out of sight in the middle. */
function middle({cell, x, y}, {row, column}, {width, height}) {
  const at = {x: (column + 0.5 - x) * cell, y: (row + 0.5 - y) * cell};
  return at.x >= 0 && at.x <= width && at.y >= 0 && at.y <= height ? at : {x: width / 2, y: height / 2};
}

const pixels = (lengths) => Object.fromEntries(Object.entries(lengths).map(([name, length]) => [name, `${length}px`]));
const area = ({left, top, width, height}) => pixels({left, top, width, height});
const sheet = ({cell, x, y}, {rows, columns}) => pixels({left: -x * cell, top: -y * cell, width: columns * cell, height: rows * cell});
const box = ({left, top, width, height}, {cell, x, y}, {rows, columns}) => pixels({left, top,
  width: Math.max(0, Math.min(width, (columns - x) * cell)), height: Math.max(0, Math.min(height, (rows - y) * cell))});
