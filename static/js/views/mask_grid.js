/** Which keys each query may see, a cell for each pair; clicks, drags and keys paint it. */
import {html} from "htm/preact";
import {useLayoutEffect, useMemo, useRef, useState} from "preact/hooks";
import {elide, ems, label} from "../labels.js";
import {between, columnOf, differs, painted, rectangle, rowOf, sees} from "../painting.js";
import {Marks, moved, useSize} from "./heatmap.js";

const LEAST_CELL = 24, LARGEST_CELL = 40; // pixels; smaller ones cannot be hit by a finger, so a large grid is scrolled
const FONT = 12, LARGE = 20, LONGEST = 10, INDEX = 2.4; // pixels, and those for a class; characters of a label; ems of an index

/**
 * @param {any} props part: {top, left, rows, columns} of the painting, which is what can be seen; at: the current place, {row, column}; large: for a class; signs: −∞ is written where nothing is seen; largest: pixels of a cell; onStroke: places, and whether they are shown; onLine: a whole row or column
 */
export function MaskGrid({t, name, described, painting, part = {top: 0, left: 0, ...sizeOf(painting)}, queries, keys, at, large, signs = false, largest = LARGEST_CELL, onMove, onPoint, onStroke, onLine}) {
  const frame = useRef(null), cells = useRef(null), stroke = useRef(null), brush = useRef(null);
  const [draft, draw] = useState(null); // of the stroke that is being drawn: {places, on}
  const {width, height} = useSize(frame);
  const shown = useMemo(() => (draft ? painted(painting, draft.places, draft.on) : painting), [painting, draft]);
  const {top, left: first} = part, here = {row: at.row - top, column: at.column - first};
  const rows = useMemo(() => queries.slice(top, top + part.rows).map(label), [queries, top, part.rows]);
  const columns = useMemo(() => keys.slice(first, first + part.columns).map(label), [keys, first, part.columns]);
  const numbered = part.rows < painting.rows || part.columns < painting.columns; // then a label says where its token stands
  const font = large ? LARGE : FONT, wide = (names) => font * (longest(names) + (numbered ? INDEX : 0)), left = Math.ceil(wide(rows)) + 10;
  const cell = Math.max(LEAST_CELL, Math.min(largest, Math.floor((width - left - 2) / columns.length)));
  const level = wide(columns) + 4 <= cell;
  useLayoutEffect(() => { // what is chosen can be seen
    if (width) reveal(frame.current, {x: here.column * cell, y: here.row * cell, cell, left, top: cells.current.offsetTop});
  }, [here.row, here.column, cell, width, height]);

  const placeOf = (event) => {
    const box = cells.current.getBoundingClientRect(), along = (from, count) => Math.min(count - 1, Math.max(0, Math.floor(from / cell)));
    return {row: top + along(event.clientY - box.top, rows.length), column: first + along(event.clientX - box.left, columns.length)};
  };
  const onPointerDown = (event) => {
    if (event.button !== 0) return;
    if (stroke.current) return drop(); // a second finger: it is no stroke
    const from = placeOf(event);
    cells.current.setPointerCapture(event.pointerId);
    brush.current = null;
    begin({from, to: from, on: !sees(painting, from), box: event.shiftKey, places: [from]});
    onMove(from);
  };
  const onPointerMove = (event) => {
    const to = placeOf(event), now = stroke.current;
    onPoint(event.pointerType === "mouse" ? to : null);
    if (now && (to.row !== now.to.row || to.column !== now.to.column)) {
      begin({...now, to, places: now.box ? rectangle(now.from, to) : [...now.places, ...between(now.to, to)]});
    }
  };
  const onPointerUp = () => {
    if (!stroke.current) return;
    const {places, on} = stroke.current;
    drop();
    onStroke(places, on);
  };
  const begin = (now) => { stroke.current = now; draw(now); };
  const drop = () => begin(null);

  const onKeyDown = (event) => {
    if (event.key === " " || event.key === "Enter") {
      event.preventDefault();
      brush.current = null;
      return onStroke([at], !sees(painting, at));
    }
    const to = event.altKey || event.metaKey ? null : moved(at, event, painting.rows, painting.columns);
    if (!to) return;
    event.preventDefault();
    if (event.shiftKey) paintTo(to);
    else brush.current = null;
    onMove(to);
  };
  /** With Shift the arrow keys go on with what the first of them began. */
  const paintTo = (to) => {
    const goesOn = brush.current?.row === at.row && brush.current?.column === at.column, on = goesOn ? brush.current.on : !sees(painting, at);
    brush.current = {...to, on};
    onStroke(between(at, to), on);
  };
  return html`
    <div class="mask-grid" ref=${frame}>
      <div class="sheet" style=${{gridTemplateColumns: `${left}px ${cell * columns.length}px`, fontSize: `${font}px`}}>
        <div class="corner"></div>
        <${Labels} class="keys ${level ? "level" : ""}" count=${columns.length} cell=${cell} names=${columns} from=${numbered ? first : null} chosen=${here.column}
          of=${(i) => t("Hide or show key {key} for all queries", {key: `${first + i} ${columns[i]}`})} onPick=${(i) => onLine(columnOf(painting, first + i))} />
        <${Labels} class="queries" count=${rows.length} cell=${cell} names=${rows} from=${numbered ? top : null} chosen=${here.row}
          of=${(i) => t("Hide or show all keys of query {query}", {query: `${top + i} ${rows[i]}`})} onPick=${(i) => onLine(rowOf(painting, top + i))} />
        <div class="mask-cells hatch" ref=${cells} role="application" tabindex="0" aria-label=${name} aria-describedby=${described}
          style=${{width: `${cell * columns.length}px`, height: `${cell * rows.length}px`}} onKeyDown=${onKeyDown} onPointerDown=${onPointerDown}
          onPointerMove=${onPointerMove} onPointerUp=${onPointerUp} onPointerCancel=${drop} onPointerLeave=${() => onPoint(null)}>
          <${Picture} painting=${shown} ...${part} signs=${signs} />
          <${Marks} selected=${here} rows=${rows.length} columns=${columns.length} />
        </div>
      </div>
    </div>`;
}

function Labels({class: name, count, cell, names, from, chosen, of, onPick}) {
  const template = `repeat(${count}, ${cell}px)`, across = name.startsWith("keys");
  return html`
    <div class=${name} style=${across ? {gridTemplateColumns: template} : {gridTemplateRows: template}}>
      ${names.map((text, i) => html`
        <button type="button" tabindex="-1" class=${i === chosen ? "is-chosen" : ""} title=${of(i)} aria-label=${of(i)} onClick=${() => onPick(i)}>
          <bdi>${elide(text, LONGEST)}</bdi>${from !== null && html`<sub>${from + i}</sub>`}</button>`)}
    </div>`;
}

const sizeOf = ({rows, columns}) => ({rows, columns});

/** What is seen is filled, what is hidden lets the hatch through, what differs from the native mask has a frame. */
const Picture = ({painting, top, left, rows, columns, signs}) => useMemo(() => {
  const at = (row, column) => (top + row) * painting.columns + left + column, {seen} = painting;
  const places = Array.from({length: rows * columns}, (_, i) => [Math.floor(i / columns), i % columns]);
  const changed = places.filter(([row, column]) => differs(painting, at(row, column))).map(([row, column]) => `M${column + 0.1} ${row + 0.1}h.8v.8h-.8z`).join("");
  return html`
    <svg viewBox=${`0 0 ${columns} ${rows}`} preserveAspectRatio="none" aria-hidden="true">
      <path class="seen" d=${runs(rows, columns, (row, column) => seen[at(row, column)])} />
      <path class="lines" d=${lines(rows, columns)} />
      <path class="halo" d=${changed} /><path class="changed" d=${changed} />
      ${signs && places.filter(([row, column]) => !seen[at(row, column)]).map(([row, column]) => html`<text x=${column + 0.5} y=${row + 0.62}>−∞</text>`)}
    </svg>`;
}, [painting, top, left, rows, columns, signs]);

/** One rectangle for the cells that are seen side by side. */
function runs(rows, columns, sees) {
  let path = "";
  for (let row = 0; row < rows; row++) {
    for (let column = 0, from = 0; column <= columns; column++) {
      if (column < columns && sees(row, column)) continue;
      if (column > from) path += `M${from} ${row}h${column - from}v1h${from - column}z`;
      from = column + 1;
    }
  }
  return path;
}

const lines = (rows, columns) => [
  ...Array.from({length: rows + 1}, (_, row) => `M0 ${row}h${columns}`), ...Array.from({length: columns + 1}, (_, column) => `M${column} 0v${rows}`)].join("");

const longest = (labels) => Math.max(1, ...labels.map((text) => ems(elide(text, LONGEST))));

/** Scrolls as little as shows the cell beside the labels, which stay where they are; one that is far off comes to the middle. */
function reveal(box, {x, y, cell, left, top}) {
  const along = (from, at, room) => {
    const beyond = Math.max(from - at, at + cell - from - room);
    return beyond <= 0 ? from : beyond > 2 * cell ? at + cell / 2 - room / 2 : at < from ? at : at + cell - room;
  };
  box.scrollLeft = along(box.scrollLeft, x, box.clientWidth - left);
  box.scrollTop = along(box.scrollTop, y, box.clientHeight - top);
}
