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
import {moved} from "./heatmap.js";
import {Token} from "./token.js";

const HIGHEST = 22, LEAST_LABEL = 11; // pixels of a row, and of one that has room for its token

/**
 * @param {any} props title: what stands above; tokens: of the rows; chosen: a row; mark: "query" or "key", its colour;
 * room: pixels for all rows; bands: columns that belong together, {count, chosen}
 */
export function Matrix({t, title, role = "", matrix, tokens, chosen, mark = "query", largest, theme, room = 180, bands = null, onPick}) {
  const canvas = useRef(null), [at, setAt] = useState(null);
  const {rows, columns, data} = matrix;
  useLayoutEffect(() => {
    Object.assign(canvas.current, {width: columns, height: rows});
    canvas.current.getContext("2d").putImageData(new ImageData(pixels(data, largest, theme), columns, rows), 0, 0);
  }, [data, largest, theme]);
  const high = Math.max(2, Math.min(HIGHEST, Math.floor(room / rows))), labelled = high >= LEAST_LABEL;
  const place = (event) => {
    const box = event.currentTarget.getBoundingClientRect();
    const share = (x, count) => Math.min(count - 1, Math.max(0, Math.floor(x * count)));
    return {row: share((event.clientY - box.top) / box.height, rows), column: share((event.clientX - box.left) / box.width, columns)};
  };
  const onKeyDown = (event) => {
    const next = moved(at ?? {row: chosen ?? 0, column: 0}, event, rows, columns);
    if (!next) return;
    event.preventDefault();
    event.stopPropagation();
    setAt(next);
    if (next.row !== chosen) onPick?.(next.row);
  };
  const name = t("{name}, {rows} positions by {columns} features. Arrow keys read the numbers.", {name: matrix.name, rows, columns});
  return html`
    <figure class="matrix-figure ${role}">
      <figcaption>
        <b>${title}</b> <code>${matrix.name.split(".").slice(-1)}</code> <small>[${rows} × ${columns}]</small>
        <${Scale} largest=${largest} theme=${theme} />
      </figcaption>
      <div class="picture" style=${{"--high": `${high}px`, "--rows": rows}}>
        <ol class="labels" aria-hidden="true">${labelled && tokens.map((token, i) => html`
          <li class=${i === chosen ? `of-${mark}` : ""}><${Token} token=${token} length=${10} /></li>`)}</ol>
        <div class="pixels" role="application" tabindex="0" aria-label=${name} onKeyDown=${onKeyDown}
          onPointerMove=${(e) => e.pointerType === "mouse" && setAt(place(e))} onPointerLeave=${() => setAt(null)}
          onBlur=${() => setAt(null)} onClick=${(e) => onPick?.(place(e).row)}>
          <canvas ref=${canvas} aria-hidden="true"></canvas>
          ${chosen !== null && html`<i class="mark ${mark}" style=${{top: `${100 * chosen / rows}%`, height: `${100 / rows}%`}}></i>`}
          ${bands && html`<i class="band" style=${{left: `${100 * bands.chosen / bands.count}%`, width: `${100 / bands.count}%`}}></i>`}
        </div>
      </div>
      <p class="read" aria-live="polite">${at && at.row < rows && at.column < columns && t("{token} {position}, feature {feature}: {value}", {
        token: label(tokens[at.row]), position: at.row, feature: at.column, value: number(matrix.row(at.row)[at.column], 4)})}</p>
    </figure>`;
}

/** What the colours stand for, from the function that colours. */
function Scale({largest, theme}) {
  const colours = Array.from({length: 13}, (_, i) => css(signedColour(i / 6 - 1, theme)));
  const end = number(largest, 2);
  return html`<span class="scale"><small>−${end}</small><i style=${{background: `linear-gradient(to right, ${colours.join(",")})`}}></i><small>${end}</small></span>`;
}
