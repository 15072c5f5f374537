/**
 * The residual stream after each block against the same run without the edits: a row for every block, a column for every
 * position. The pointer or the arrow keys read single places; a click chooses the position.
 */
import {html} from "htm/preact";
import {useLayoutEffect, useMemo, useRef, useState} from "preact/hooks";
import {css, signedColour, weightColour} from "../colour.js";
import {number} from "../format.js";
import {label} from "../labels.js";
import {Choice} from "./choice.js";
import {moved} from "./heatmap.js";

const WAYS = {
  turned: {of: (row, i) => 1 - row.cosines[i], colour: (x, _, theme) => weightColour(Math.max(0, x) / 2, theme)}, // 1 - cosine: 0..2
  length: {of: (row, i) => Math.log2(row.is[i] / row.was[i]), colour: (x, largest, theme) => signedColour(x / largest, theme)},
};

/** @param {any} props rows: of one side, from streamChanges; chosen: the position */
export function StreamMap({t, rows, tokens, chosen, theme, title, onPick}) {
  const canvas = useRef(null), [at, setAt] = useState(null), [way, setWay] = useState("turned");
  const columns = tokens.length, {of, colour} = WAYS[way];
  const largest = useMemo(() => Math.max(...rows.flatMap((row) => Array.from(row.cosines, (_, i) => Math.abs(of(row, i)))), 1e-9), [rows, way]);
  useLayoutEffect(() => {
    Object.assign(canvas.current, {width: columns, height: rows.length});
    const image = new ImageData(columns, rows.length);
    rows.forEach((row, r) => row.cosines.forEach((_, i) => image.data.set([...colour(of(row, i), largest, theme), 255], 4 * (r * columns + i))));
    canvas.current.getContext("2d").putImageData(image, 0, 0);
  }, [rows, columns, way, largest, theme]);
  const place = (event) => {
    const box = event.currentTarget.getBoundingClientRect(), share = (x, count) => Math.min(count - 1, Math.max(0, Math.floor(x * count)));
    return {row: share((event.clientY - box.top) / box.height, rows.length), column: share((event.clientX - box.left) / box.width, columns)};
  };
  const onKeyDown = (event) => {
    const next = moved(at ?? {row: 0, column: chosen}, event, rows.length, columns);
    if (next) { event.preventDefault(); setAt(next); } else if (event.key === "Enter" && at) onPick?.(at.column);
  };
  const read = at && at.row < rows.length && at.column < columns ? at : {row: rows.length - 1, column: Math.min(chosen, columns - 1)}, row = rows[read.row];
  const ends = way === "turned" ? [0, 2] : [-largest, largest], stops = Array.from({length: 13}, (_, i) => css(colour(ends[0] + (ends[1] - ends[0]) * i / 12, largest, theme)));
  return html`
    <div class="stream-map">
      <h3>${title}</h3>
      <div class="map-about">
        <${Choice} legend=${t("Colour")} value=${way} onChoose=${setWay} options=${[["turned", t("how far it turned")], ["length", t("how its length changed")]]} />
        <span class="scale"><small>${way === "turned" ? t("cosine {cosine}", {cosine: "1"}) : number(2 ** -largest, 3)}</small><i style=${{background: `linear-gradient(to right, ${stops.join(",")})`}}></i>
          <small>${way === "turned" ? "−1" : t("{factor} times", {factor: number(2 ** largest, 3)})}</small></span>
      </div>
      <div class="map">
        <div class="labels" aria-hidden="true">${rows.map(({layer}) => html`<small>${t("block {block}", {block: layer})}</small>`)}</div>
        <div class="pixels" role="application" tabindex="0" aria-label=${t("{title}: {rows} blocks by {columns} positions. Arrow keys read, Enter chooses.", {title, rows: rows.length, columns})}
          style=${{height: `${22 * rows.length}px`}} onKeyDown=${onKeyDown} onPointerMove=${(e) => e.pointerType === "mouse" && setAt(place(e))} onPointerLeave=${() => setAt(null)}
          onBlur=${() => setAt(null)} onClick=${(e) => onPick?.(place(e).column)}>
          <canvas ref=${canvas} aria-hidden="true"></canvas>
          ${at && html`<i class="at" style=${{left: `${100 * read.column / columns}%`, width: `${100 / columns}%`, top: `${100 * read.row / rows.length}%`, height: `${100 / rows.length}%`}}></i>`}
          <i class="column" style=${{left: `${100 * chosen / columns}%`, width: `${100 / columns}%`}}></i>
        </div>
      </div>
      <p class="read" aria-live="polite">${t("after block {block}, {token} {position}: cosine {cosine}, length {was} → {is}", {
        block: row.layer, token: label(tokens[read.column]), position: read.column, cosine: number(row.cosines[read.column], 4),
        was: number(row.was[read.column], 4), is: number(row.is[read.column], 4)})}</p>
    </div>`;
}
