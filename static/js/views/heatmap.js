/**
 * A matrix with a name on every row and column, drawn by plotly; hover, tap or arrow keys choose a cell.
 * The margins are ours, so the place of a cell is known without asking plotly.
 */
import {html} from "htm/preact";
import {useEffect, useLayoutEffect, useMemo, useRef, useState} from "preact/hooks";
import {inkOn} from "../colour.js";
import {elide, ems} from "../labels.js";
import {OUTLINED, dotted} from "../marks.js";
import {AxisLabels, LONGEST, TITLE} from "./axis_labels.js";
import {ReadyPicture} from "./ready_picture.js";

const NONE = [];
const FONT = 13, LARGE = 2; // pixels; how much larger all is for a class
const LARGEST_CELL = 64;
export const NUMBER_FONT = 12;
const LEAST_NUMBER_FONT = 10; // pixels of numbers in cells; below the least they are left out
export const FEW = 8; // columns, where there is room for the numbers of a cell that need not be square
const WIDE = 56; // pixels of such a cell
const AIRLESS = 0.875; // how much of its room a number itself takes

/**
 * @param {{z: (number|null)[][]}} props z: rows of values; null where the mask hides the cell
 * colours: plotly's colour scale; written: a value in words, if they are to stand in the cells; room: pixels that the widest of these takes at the usual size;
 * shorter: others {written, room} to be taken where these do not fit, the longest first; colourOf: a value's colour, where it is written on;
 * range: [least, largest]; marks: cells {query, key} to be outlined; covered: the first of the rows that are hidden;
 * veiled: a column that is left out; over: what else lies on the cells; selected: {row, column}, column null for a whole row; moment: of the training:
 * between two, colours fade
 */
export function Heatmap({
  plotly, name, z, rows, columns, rowAxis, columnAxis, colours, range, theme, square, bounded, written, room, shorter = NONE, colourOf, marks = NONE, covered = null,
  selected, veiled = null, large = false, moment, over = null, onHover, onPick, onMove,
}) {
  const frame = useRef(null), chart = useRef(null), drawn = useRef(null);
  const [former, setFormer] = useState(null); // the picture of the moment before
  const {width, height} = useSize(frame);
  const scale = large ? LARGE : 1;
  const place = useMemo(() => layout({width, height: bounded ? height : Infinity, rows, columns, square, scale}),
    [width, bounded && height, rows, columns, square, scale]);
  const labels = useMemo(() => width > 0 && html`<${AxisLabels} ...${{place, rows, columns, rowAxis, columnAxis}} />`,
    [place, rows, columns, rowAxis, columnAxis]);
  useLayoutEffect(() => { chart.current.style.visibility = "hidden"; }, [z, theme, width, place.height]); // until it is made anew
  useEffect(() => {
    if (plotly && width) {
      const before = drawn.current, tokens = JSON.stringify([rows, columns]);
      drawn.current = {moment, tokens};
      if (before && before.moment !== moment && before.tokens === tokens) setFormer({moment, src: picture(chart.current)});
      plotly.react(chart.current, [trace({z, colours, range, ...fitting(place, [{written, room}, ...shorter])})],
        figure({place, rows, columns}), {displayModeBar: false, staticPlot: true})
        .then(() => {
          ink(chart.current, colourOf);
          if (chart.current) chart.current.style.visibility = "";
        });
    }
  }, [plotly, z, rows, columns, colours, theme, width, place.height]);
  const marked = useMemo(() => (place.cell < OUTLINED ? dots(marks, place.cell) : outlines(marks)), [marks, place.cell]);
  const at = (event) => {
    const box = event.currentTarget.getBoundingClientRect();
    const row = Math.floor((event.clientY - box.top) / box.height * z.length);
    const column = Math.floor((event.clientX - box.left) / box.width * z[0].length);
    return {row: clamp(row, z.length), column: clamp(column, z[0].length)};
  };
  const onKeyDown = (event) => {
    const next = onMove && moved(selected, event, z.length, z[0].length);
    if (!next) return;
    event.preventDefault();
    onMove(next);
  };
  return html`
    <div class="heatmap" ref=${frame} style=${bounded ? {flex: "1 1 0"} : {height: `${place.height}px`}}>
      <div class="hatch" style=${area(place)}></div>
      <${ReadyPicture} z=${z} range=${range} theme=${theme} style=${area(place)} />
      <div class="chart" ref=${chart} aria-hidden="true"></div>
      ${labels}
      ${former?.src && html`<img key=${String(former.moment)} class="former" src=${former.src} alt="" style=${area(place)} />`}
      <div class="cells" style=${area(place)} role="application" tabindex="0" aria-label=${name}
        onPointerMove=${(e) => e.pointerType === "mouse" && onHover?.(at(e))} onPointerLeave=${() => onHover?.(null)}
        onClick=${(e) => onPick?.(at(e))} onKeyDown=${onKeyDown}>
        ${veiled !== null && html`<i class="veil" style=${{left: share(veiled, z[0].length), width: share(1, z[0].length), top: 0, bottom: 0}}></i>`}
        ${marks.length > 0 && html`
          <svg class="evidence ${place.cell < OUTLINED ? "dots" : ""}" viewBox=${`0 0 ${z[0].length} ${z.length}`} preserveAspectRatio="none" aria-hidden="true">
            <path class="halo" d=${marked} /><path d=${marked} />
          </svg>`}
        ${covered !== null && html`<i class="covered" style=${{top: share(covered, z.length), bottom: 0, left: 0, right: 0}}></i>`}
        ${selected && html`<${Marks} selected=${selected} rows=${z.length} columns=${z[0].length} />`}
        ${over}
      </div>
    </div>`;
}

export function Marks({selected: {row, column}, rows, columns}) {
  const across = {top: share(row, rows), height: share(1, rows), left: 0, right: 0};
  if (column === null) return html`<i class="mark-row" style=${across}></i>`;
  const down = {left: share(column, columns), width: share(1, columns), top: 0, bottom: 0};
  return html`
    <i class="mark-row" style=${across}></i><i class="mark-column" style=${down}></i>
    <i class="mark-cell" style=${{...across, ...down, bottom: "auto", right: "auto", top: across.top}}></i>`;
}

/** A point in each of these cells that is not too near to another, in units of a cell: the stroke makes it a dot. */
const dots = (cells, size) => dotted(cells, {wide: size, high: size}).map(({query, key}) => `M${key + 0.5} ${query + 0.5}h0`).join("");

/** A square in each of these cells, in units of a cell. */
const outlines = (cells) => cells.map(({query, key}) => `M${key + 0.06} ${query + 0.06}h.88v.88h-.88z`).join("");

export const share = (count, of) => `${100 * count / of}%`;
const clamp = (x, count) => Math.min(count - 1, Math.max(0, x));

/** Where an arrow key, Home or End leads from the selected cell. */
export function moved(selected, {key, ctrlKey}, rows, columns) {
  const {row, column} = selected ?? {row: 0, column: 0};
  const to = {
    ArrowUp: [row - 1, column], ArrowDown: [row + 1, column], ArrowLeft: [row, column - 1], ArrowRight: [row, column + 1],
    Home: [ctrlKey ? 0 : row, 0], End: [ctrlKey ? rows - 1 : row, columns - 1],
  }[key];
  return to ? {row: clamp(to[0], rows), column: clamp(to[1], columns)} : null;
}

/** Pixels: the margins that the labels need, the cells that are left. Column labels stand upright where they fit. */
function layout(given) {
  const level = arranged(given, 18 * given.scale), font = FONT * given.scale;
  return longest(given.columns) * font + 4 <= level.cell ? {...level, angle: 0}
    : {...arranged(given, font * longest(given.columns)), angle: -90};
}

function arranged({width, height, rows, columns, square, scale}, labels) {
  const left = Math.ceil((TITLE + FONT * longest(rows)) * scale + 10), top = Math.ceil(TITLE * scale + 14 + labels);
  const room = Math.max(40, width - left - 4);
  const fits = Math.max(60, height - top - 8) / rows.length;
  const wide = square ? Math.min(LARGEST_CELL * scale, room / columns.length, fits) : Math.min(columns.length <= FEW ? WIDE * scale : 24, room / columns.length);
  const high = square ? wide : Math.max(14 * scale, Math.min(24, 420 / rows.length));
  return {left, top, width, scale, cell: wide, inner: wide * columns.length, depth: high * rows.length,
    height: top + high * rows.length + 4};
}

const area = ({left, top, inner, depth}) => ({left: `${left}px`, top: `${top}px`, width: `${inner}px`, height: `${depth}px`});
const longest = (labels) => Math.max(1, ...labels.map((text) => ems(elide(text, LONGEST))));

/** The first of these ways to write that has room in the cells, and at which size. -> {written, size} */
export function fitting(place, ways) {
  const all = ways.map(({written, room}) => ({written, size: numberFont(place, room)}));
  return all.find(({size}) => size > 0) ?? all[0];
}

/** Pixels of the numbers in cells, 0 where they have no room; for a class rather with no air around them than not at all. */
function numberFont({cell, scale}, room) {
  const size = NUMBER_FONT * Math.min(1, cell / (room * scale)), least = scale === LARGE ? AIRLESS * LEAST_NUMBER_FONT : LEAST_NUMBER_FONT;
  return size < least ? 0 : scale * Math.max(LEAST_NUMBER_FONT, size);
}

function trace({z, colours, range, written, size}) {
  return {type: "heatmap", z, colorscale: colours, zmin: range[0], zmax: range[1], showscale: false, hoverinfo: "skip",
    ...(written && size > 0 && {text: z.map((row) => row.map(written)), texttemplate: "%{text}", textfont: {size}})};
}

const picture = (chart) => chart.querySelector(".heatmaplayer image")?.href.baseVal;

/** plotly's own choice of ink for the numbers is too faint on middle colours. */
function ink(chart, colourOf) {
  for (const label of chart?.querySelectorAll(".heatmap-label") ?? []) {
    label.firstChild.style.fill = inkOn(colourOf(label.__data__.z));
  }
}

function figure({place, rows, columns}) {
  return {
    width: place.width, height: place.height, paper_bgcolor: "transparent", plot_bgcolor: "transparent",
    margin: {l: place.left, t: place.top, r: Math.max(0, place.width - place.left - place.inner), b: 4},
    font: {family: "system-ui, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif"},
    xaxis: {visible: false, fixedrange: true, range: [-0.5, columns.length - 0.5]},
    yaxis: {visible: false, fixedrange: true, range: [rows.length - 0.5, -0.5]},
  };
}

export function useSize(ref) {
  const [size, setSize] = useState({width: 0, height: 0});
  useEffect(() => {
    const observer = new ResizeObserver(([{contentRect: {width, height}}]) =>
      setSize({width: Math.floor(width), height: Math.floor(height)}));
    observer.observe(ref.current);
    return () => observer.disconnect();
  }, []);
  return size;
}
