/**
 * A tensor as a picture: a row for every token, a column for every feature. The pointer or the arrow keys read single numbers; a
 * click chooses the row.
 */
import {html} from "htm/preact";
import {useState} from "preact/hooks";
import {css, signedColour} from "../colour.js";
import {ALL, number} from "../format.js";
import {label} from "../labels.js";
import {PLOTTED} from "../tiling.js";
import {PixelMatrix} from "./pixel_matrix.js";
import {TiledMatrix} from "./tiled_matrix.js";

/**
 * @param {any} props title: what stands above, if it is not said elsewhere; tokens: of the rows; chosen: the row; mark: "query" or "key", its colour;
 * scale: where the colours end; bands: columns that belong together, {count, chosen}; onHover: of the row under the pointer, or null
 */
export function Matrix(props) {
  const {t, title, role = "", matrix, tokens, digits = 4, scale, theme, bounded} = props, {rows, columns} = matrix;
  const [at, setAt] = useState(null), read = at && at.row < rows && at.column < columns ? at : null; // the number that is read
  const large = rows > PLOTTED, Drawn = large ? TiledMatrix : PixelMatrix;
  const last = matrix.name.split(".").at(-1);
  const name = t("{name}, {rows} positions by {columns} features. Arrow keys read the numbers.", {name: matrix.name, rows, columns});
  return html`
    <figure class="matrix-figure ${role} ${large ? "large" : ""}" style=${large ? null : PixelMatrix.room(rows, bounded)}>
      <figcaption>
        ${title && html`<b>${title}</b> `}${last !== title && html`<code>${last}</code>`} <small>[${rows} × ${columns}]</small>
        <span class="read" aria-live="polite">${read && t("{token} {position}, feature {feature}: {value}", {
          token: label(tokens[read.row]), position: read.row, feature: read.column, value: number(matrix.row(read.row)[read.column], digits === ALL ? ALL : 4)})}</span>
        <${Scale} scale=${scale} theme=${theme} />
      </figcaption>
      <${Drawn} ...${props} ...${{name, at: read}} onAt=${setAt} />
    </figure>`;
}

/** What the colours stand for, from the function that colours. */
function Scale({scale: {end, beyond}, theme}) {
  const colours = Array.from({length: 13}, (_, i) => css(signedColour(i / 6 - 1, theme)));
  const written = number(end, 2);
  return html`<span class="scale"><small>${beyond && "≤ "}−${written}</small><i style=${{background: `linear-gradient(to right, ${colours.join(",")})`}}></i>
    <small>${beyond && "≥ "}${written}</small></span>`;
}
