/**
 * A tensor as a picture, a pixel a number: a row for every token, a column for every feature. The pointer or the arrow keys
 * read single numbers; a click chooses the row.
 */
import {html} from "htm/preact";
import {useLayoutEffect, useRef, useState} from "preact/hooks";
import {css, signedColour} from "../colour.js";
import {number} from "../format.js";
import {label} from "../labels.js";
import {pixels} from "../pixels.js";
import {moved, useSize} from "./heatmap.js";
import {Token} from "./token.js";

const HIGHEST = 22, LEAST_LABEL = 10; // pixels of a row, and of one that has room for its token
const CAPTION = 24, ROOM = 200; // pixels of what stands above, and of all rows, where the window does not say

/**
 * @param {any} props title: what stands above; tokens: of the rows; chosen: the row; mark: "query" or "key", its colour;
 * scale: where the colours end; bands: columns that belong together, {count, chosen}
 */
export function Matrix({t, title, role = "", matrix, tokens, chosen, mark = "query", scale, theme, bounded, bands = null, onPick}) {
  const canvas = useRef(null), picture = useRef(null), [at, setAt] = useState(null);
  const {rows, columns, data} = matrix;
  useLayoutEffect(() => {
    Object.assign(canvas.current, {width: columns, height: rows});
    canvas.current.getContext("2d").putImageData(new ImageData(pixels(data, scale.end, theme), columns, rows), 0, 0);
  }, [data, scale.end, theme]);
  const {height} = useSize(picture), labelled = height / rows >= LEAST_LABEL;
  const most = bounded ? HIGHEST * rows : Math.max(rows, Math.min(HIGHEST * rows, ROOM));
  const place = (event) => {
    const box = event.currentTarget.getBoundingClientRect();
    const share = (x, count) => Math.min(count - 1, Math.max(0, Math.floor(x * count)));
    return {row: share((event.clientY - box.top) / box.height, rows), column: share((event.clientX - box.left) / box.width, columns)};
  };
  const onKeyDown = (event) => {
    const next = moved(at ?? {row: chosen, column: 0}, event, rows, columns);
    if (!next) return;
    event.preventDefault();
    event.stopPropagation();
    setAt(next);
    if (next.row !== chosen) onPick?.(next.row);
  };
  const last = matrix.name.split(".").at(-1);
  const name = t("{name}, {rows} positions by {columns} features. Arrow keys read the numbers.", {name: matrix.name, rows, columns});
  return html`
    <figure class="matrix-figure ${role}" style=${bounded ? {flex: `1 1 ${most + CAPTION}px`, maxHeight: `${most + CAPTION}px`, minHeight: `${Math.max(60, rows) + CAPTION}px`} : {height: `${most + CAPTION}px`}}>
      <figcaption>
        <b>${title}</b> ${last !== title && html`<code>${last}</code>`} <small>[${rows} × ${columns}]</small>
        <span class="read" aria-live="polite">${at && at.row < rows && at.column < columns && t("{token} {position}, feature {feature}: {value}", {
          token: label(tokens[at.row]), position: at.row, feature: at.column, value: number(matrix.row(at.row)[at.column], 4)})}</span>
        <${Scale} scale=${scale} theme=${theme} />
      </figcaption>
      <div class="picture" ref=${picture} style=${{"--high": `${height / rows}px`}}>
        <div class="labels" aria-hidden="true">${labelled ? tokens.map((token, i) => html`
          <span class=${i === chosen ? `of-${mark}` : ""}><${Token} token=${token} length=${10} /></span>`)
          : html`<span class="only of-${mark}" style=${{top: `${100 * (chosen + 0.5) / rows}%`}}><${Token} token=${tokens[chosen]} length=${10} /></span>`}</div>
        <div class="pixels" role="application" tabindex="0" aria-label=${name} onKeyDown=${onKeyDown}
          onPointerMove=${(e) => e.pointerType === "mouse" && setAt(place(e))} onPointerLeave=${() => setAt(null)}
          onBlur=${() => setAt(null)} onClick=${(e) => onPick?.(place(e).row)}>
          <canvas ref=${canvas} aria-hidden="true"></canvas>
          <i class="mark ${mark}" style=${{top: `${100 * chosen / rows}%`, height: `${100 / rows}%`}}></i>
          ${bands && html`<i class="band" style=${{left: `${100 * bands.chosen / bands.count}%`, width: `${100 / bands.count}%`}}></i>`}
        </div>
      </div>
    </figure>`;
}

/** What the colours stand for, from the function that colours. */
function Scale({scale: {end, beyond}, theme}) {
  const colours = Array.from({length: 13}, (_, i) => css(signedColour(i / 6 - 1, theme)));
  const written = number(end, 2);
  return html`<span class="scale"><small>${beyond && "≤ "}−${written}</small><i style=${{background: `linear-gradient(to right, ${colours.join(",")})`}}></i>
    <small>${beyond && "≥ "}${written}</small></span>`;
}
