/** A head's matrix, or what two of them differ by, as a picture or a table: rows and columns are tokens. */
import {html} from "htm/preact";
import {useMemo} from "preact/hooks";
import {plotlyScale, signedColour, weightColour} from "../colour.js";
import {number} from "../format.js";
import {isLarge, nested, part} from "../tiling.js";
import {Heatmap} from "./heatmap.js";
import {NumberTable} from "./number_table.js";
import {PagedHeatmap} from "./paged_heatmap.js";
import {TiledHeatmap} from "./tiled_heatmap.js";

const NONE = [];

/**
 * @param {any} props matrix: {values, rows, columns} or Blocks, NaN where there is nothing to see; ready: whether `most` is known; rows, columns: labels; most: the largest value, or size;
 * signed: whether values may be negative; selected: {row, column}, null where the matrix has not the chosen cell; over: what lies on the cells
 */
export function TokenMatrix({t, plotly, theme, present, as, digits, name, matrix, rows, columns, most, ready = true, signed, selected, covered, over, onHover, onPick}) {
  const tiled = !present && isLarge({nQuery: matrix.rows, nKey: matrix.columns});
  const z = useMemo(() => (tiled || matrix.block ? null : nested(matrix)), [matrix, tiled]);
  const colours = useMemo(() => plotlyScale((x) => (signed ? signedColour(x, theme) : weightColour(x, theme)), signed ? -1 : 0), [signed, theme]);
  const colourOf = (x) => (signed ? signedColour(x / most, theme) : weightColour(x, theme));
  const rowOf = (row) => nested(part(matrix, {from: row, to: row + 1}, {from: 0, to: matrix.columns}))[0];
  const whole = as === "table" || present || tiled; // these need a cell to begin at
  const Drawn = as === "table" ? NumberTable : present ? PagedHeatmap : tiled ? TiledHeatmap : Heatmap;
  return html`
    <${Drawn} ...${{t, plotly, name, matrix, ready, z, rows, columns, theme, colours, rowOf, digits, colourOf, over, onHover, onPick}} square=${true} bounded=${false}
      range=${signed ? [-most, most] : [0, most]} rowAxis="" columnAxis="" room=${signed ? 44 : 32} marks=${NONE} veiled=${null} covered=${covered}
      written=${(x) => (x === null ? "" : signed ? number(x, 2) : x.toFixed(2))} onMove=${onPick}
      selected=${whole ? {row: selected?.row ?? 0, column: selected?.column ?? 0} : selected} />`;
}
