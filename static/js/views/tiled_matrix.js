/** A tensor of many tokens: all of it first, then any part as large as one likes. */
import {html} from "htm/preact";
import {useMemo} from "preact/hooks";
import {signedColour} from "../colour.js";
import {number} from "../format.js";
import {label} from "../labels.js";
import {share} from "./heatmap.js";
import {TiledHeatmap} from "./tiled_heatmap.js";

const ROOM = 46; // pixels of a number in a cell

/** @param {any} props as of PixelMatrix */
export function TiledMatrix({t, name, matrix, tokens, chosen, mark = "query", scale: {end}, theme, bounded, bands = null, at, onAt, onPick, onHover}) {
  const {rows, columns, data} = matrix, tiled = useMemo(() => ({values: data, rows, columns}), [data, rows, columns]);
  const words = useMemo(() => tokens.map(label), [tokens]), features = useMemo(() => Array.from({length: columns}, (_, i) => String(i)), [columns]);
  const onMove = (to) => {
    onAt(to);
    if (to.row !== chosen) onPick?.(to.row);
  };
  const onPoint = (to) => {
    onAt(to);
    onHover?.(to && to.row);
  };
  return html`
    <div class="tiled-matrix ${mark}" onFocusOut=${() => onAt(null)}>
      <${TiledHeatmap} key=${`${rows}/${columns}`} ...${{t, name, matrix: tiled, theme, bounded, onMove}} filled=${true} rows=${words} columns=${features}
        rowAxis="" columnAxis=${t("feature")} range=${[-end, end]} room=${ROOM} written=${(x) => number(x, 2)} colourOf=${(x) => signedColour(x / end, theme)}
        selected=${at ?? {row: chosen, column: null}} onHover=${onPoint} onPick=${({row}) => onPick?.(row)}>
        ${bands && html`<i class="band" style=${{left: share(bands.chosen, bands.count), width: share(1, bands.count)}}></i>`}
      <//>
    </div>`;
}
