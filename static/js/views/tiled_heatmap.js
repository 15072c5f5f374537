/** A heatmap of more tokens than plotly draws well: all of it first, then any part as large as one likes. The cells are looked up as in a small one. */
import {html} from "htm/preact";
import {useEffect, useLayoutEffect, useMemo, useRef, useState} from "preact/hooks";
import {tableOf} from "../colour_table.js";
import {elide} from "../labels.js";
import {OUTLINED} from "../marks.js";
import {cellAt, foremost, held, placed, showing, sidesAt, sizeOf, whole, zoomed} from "../tiling.js";
import {useGestures} from "./gestures.js";
import {Marks, moved, share, useSize} from "./heatmap.js";
import {Overview} from "./overview.js";
import {paint, paintCells, paneOf} from "./tile_canvas.js";
import {Tiles} from "./tiles.js";
import {useWork} from "./working.js";
import {ZoomBar} from "./zoom_bar.js";

const STEP = 1.5; // of a button or key: how much larger a cell becomes
const MOST_DEPTH = 560, FILLED_DEPTH = 360; // pixels, where it is the page that scrolls
const LONGEST = 12, NARROW = 560, LONGEST_OF_NARROW = 7; // characters of a label; pixels

/**
 * Props as of Heatmap, with `matrix` (see tiling.js) in place of z; filled: whether the cells fill the pane, of which columns are
 * features and not keys; ready: whether its range is known; children: what lies over the cells
 */
export function TiledHeatmap({
  t, name, matrix, rows, columns, rowAxis, columnAxis, range, ready = true, theme, bounded, filled = false, written, room, colourOf, marks = NONE, covered = null, selected, veiled = null,
  children, onHover, onPick, onMove,
}) {
  const frame = useRef(null), canvas = useRef(null);
  const {width, height} = useSize(frame);
  const size = {width, height: bounded ? height : Math.min(width, filled ? FILLED_DEPTH : MOST_DEPTH)}, longest = width < NARROW ? LONGEST_OF_NARROW : LONGEST;
  const pane = useMemo(() => paneOf({...size, rows, columns, longest, filled}), [size.width, size.height, rows, columns]);
  const [zoom, setZoom] = useState(null); // the view; null: all of it
  const seen = (view) => (view ? held(view, matrix, pane) : whole(matrix, pane));
  const change = (to) => setZoom((view) => {
    const now = seen(view), next = to(now);
    if (next.cell === now.cell && next.x === now.x && next.y === now.y) return view;
    return next.cell === whole(matrix, pane).cell ? null : next;
  });
  const view = seen(zoom), cell = sizeOf(view, matrix, pane), sides = sidesAt(cell, devicePixelRatio);
  const tiles = useMemo(() => new Tiles(matrix, tableOf(theme, range)), [matrix, theme, ...range]);
  const turn = useWork(() => tiles.lacking.size > 0, (until) => tiles.work(until), true); // what of it is not worked out yet
  const drawn = {tiles, ready, view, pane, size, labels: {rows, columns}, longest, axes: {rows: rowAxis, columns: columnAxis}, theme, marks, written, room, colourOf}, painted = useRef(0);
  useLayoutEffect(() => {
    if (width && size.height) paint(canvas.current, drawn);
    painted.current = turn;
  }, [tiles, ready, view.cell, view.x, view.y, pane, rows, columns, rowAxis, columnAxis, marks, devicePixelRatio]);
  useLayoutEffect(() => { // names stay as they are
    if (painted.current !== turn && width && size.height) paintCells(canvas.current, drawn);
    painted.current = turn;
  }, [turn]);
  const [done, setDone] = useState(false);
  useEffect(() => setDone(width > 0 && ready && !tiles.lacking.size));
  const pointed = useRef(null), chosen = useRef(String([selected.row, selected.column])); // cells: under the pointer, and the last that the view went after
  useEffect(() => { // what is only pointed at moves nothing, nor does pointing no more
    if (pointed.current !== null || chosen.current === String([selected.row, selected.column])) return;
    chosen.current = String([selected.row, selected.column]);
    change((now) => showing(now, selected, matrix, pane));
  }, [selected.row, selected.column]);

  const zoomBy = (by, at) => change((now) => zoomed(now, now.cell * by, at, matrix, pane));
  const zoomHere = (by) => zoomBy(by, middle(view, cell, selected, pane));
  const pan = ({x, y}) => change((now) => {
    const {wide, high} = sizeOf(now, matrix, pane);
    return placed(now, {x: now.x - x / wide, y: now.y - y / high}, matrix, pane);
  });
  const centre = ({row, column}) => change((now) => placed(now, {x: column - pane.width / cell.wide / 2, y: row - pane.height / cell.high / 2}, matrix, pane));
  const at = (point) => {
    const found = cellAt(view, point, matrix, pane);
    return found && foremost(matrix, found, sides);
  };
  const hover = (found) => {
    const place = found && String([found.row, found.column]);
    if (place !== pointed.current) onHover(found);
    pointed.current = place;
  };
  const pick = (found) => {
    if (!found) return;
    chosen.current = String([found.row, found.column]);
    onPick(found);
  };
  const gestures = useGestures({onZoom: zoomBy, onPan: pan, onPoint: (point) => hover(point && at(point)), onPick: (point) => pick(at(point)),
    onWhole: () => setZoom(null), canShrink: zoom !== null});
  const onKeyDown = (event) => {
    if (event.altKey || event.metaKey) return;
    const to = moved({...selected, column: selected.column ?? 0}, event, matrix.rows, matrix.columns);
    const scale = !event.ctrlKey && {"+": STEP, "=": STEP, "-": 1 / STEP, "_": 1 / STEP, "0": 0}[event.key];
    if (!to && typeof scale !== "number") return;
    event.preventDefault();
    pointed.current = null;
    if (to) onMove(to);
    else if (scale) zoomHere(scale);
    else setZoom(null);
  };
  return html`
    <div class="heatmap tiled" ref=${frame} aria-busy=${!done} style=${bounded ? {flex: "1 1 0"} : {height: `${size.height}px`}}>
      <div class="hatch" style=${box(pane, view, cell, matrix)}></div>
      <canvas ref=${canvas} aria-hidden="true"></canvas>
      <div class="cells ${zoom ? "zoomed" : ""}" style=${area(pane)} role="application" tabindex="0" aria-label=${name} ...${gestures} onKeyDown=${onKeyDown}>
        <div class="sheet" style=${sheet(view, cell, matrix)}>
          ${veiled !== null && html`<i class="veil" style=${{left: share(veiled, matrix.columns), width: share(1, matrix.columns), top: 0, bottom: 0}}></i>`}
          ${covered !== null && html`<i class="covered" style=${{top: share(covered, matrix.rows), bottom: 0, left: 0, right: 0}}></i>`}
          ${children}
          <${Marks} selected=${selected} rows=${matrix.rows} columns=${matrix.columns} />
        </div>
      </div>
      <${Chosen} ...${{view, cell, pane, longest, selected, rows, columns, filled}} />
      ${zoom && html`<${Overview} ...${{tiles, turn, view, pane}} onCentre=${centre} />`}
    </div>
    <${ZoomBar} ...${{t, view, pane, matrix, sides, signed: range[0] < 0}} dots=${marks.length > 0 && Math.min(cell.wide, cell.high) < OUTLINED} zoomed=${zoom !== null}
      onZoom=${(by) => zoomHere(by > 0 ? STEP : 1 / STEP)} onWhole=${() => setZoom(null)} />`;
}

const NONE = [];

/** The names of the chosen cell, which may not be among those that have room; column null: of a row. A feature's name is its number. */
function Chosen({view, cell: {wide, high}, pane, longest, selected: {row, column}, rows, columns, filled}) {
  const down = (row + 0.5 - view.y) * high, across = (column + 0.5 - view.x) * wide;
  const name = (of, text, index, left, top) => html`
    <bdi class="chosen-name ${of}" aria-hidden="true" style=${pixels({left, top})}>${elide(text, longest)}${index !== null && html`<sub>${index}</sub>`}</bdi>`;
  return html`
    ${down >= 0 && down <= pane.height && name("of-query", rows[row], row, pane.left, pane.top + down)}
    ${column !== null && across >= 0 && across <= pane.width && name("of-key", columns[column], filled ? null : column, pane.left + across, pane.top)}`;
}

/** Where to zoom: at the chosen cell, or where that is out of sight in the middle. */
function middle({x, y}, {wide, high}, {row, column}, {width, height}) {
  const at = {x: column === null ? width / 2 : (column + 0.5 - x) * wide, y: (row + 0.5 - y) * high};
  return at.x >= 0 && at.x <= width && at.y >= 0 && at.y <= height ? at : {x: width / 2, y: height / 2};
}

const pixels = (lengths) => Object.fromEntries(Object.entries(lengths).map(([name, length]) => [name, `${length}px`]));
const area = ({left, top, width, height}) => pixels({left, top, width, height});
const sheet = ({x, y}, {wide, high}, {rows, columns}) => pixels({left: -x * wide, top: -y * high, width: columns * wide, height: rows * high});
const box = ({left, top, width, height}, {x, y}, {wide, high}, {rows, columns}) => pixels({left, top,
  width: Math.max(0, Math.min(width, (columns - x) * wide)), height: Math.max(0, Math.min(height, (rows - y) * high))});
