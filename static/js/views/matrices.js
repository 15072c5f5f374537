/** The chosen head's queries, keys and values: a row for every token, a column for every feature. */
import {html} from "htm/preact";
import {useMemo} from "preact/hooks";
import {plotlyScale, signedColour} from "../colour.js";
import {number, twoPlaces, wide} from "../format.js";
import {label} from "../labels.js";
import {matrixOf, scaleOf} from "../matrices.js";
import {isLarge, magnitude, nested} from "../tiling.js";
import {FEW, Heatmap, NUMBER_FONT} from "./heatmap.js";
import {SignedLegend} from "./legend.js";
import {Matrix} from "./matrix.js";
import {NeuronView} from "./neuron.js";
import {NumberTable} from "./number_table.js";
import {sent} from "./precision.js";

const PARTS = ["q", "k", "v"], AXES = {q: "query", k: "key", v: "key"};

export function Matrices(props) {
  const {t, trace, site, head, cell, theme, digits, as, order, feature, on} = props;
  const titles = {q: t("Q: what each token looks for"), k: t("K: what each token offers"), v: t("V: what each token hands over")};
  const Drawn = as === "table" ? Table : isLarge(trace.head(site, head)) ? Large : Small;
  return html`
    <div class="matrices">
      <${NeuronView} ...${{t, trace, site, head, cell, theme, digits, order, feature, on}} />
      ${PARTS.map((part) => html`
        <div class="matrix ${part}">
          <h3><b>${part.toUpperCase()}</b>${titles[part].slice(2)}</h3>
          <${Part} ...${props} ...${{part, Drawn}} name=${titles[part]} />
        </div>`)}
    </div>`;
}

function Part({part, Drawn, ...props}) {
  const {trace, site, head, cell, on} = props, axis = AXES[part], tokens = trace.along(site, axis);
  const matrix = useMemo(() => matrixOf(trace, `${site.name}.${part}`, {head, nHeads: site.n_heads}), [trace, site, head]);
  const rows = useMemo(() => tokens.map(label), [tokens]), columns = useMemo(() => Array.from({length: matrix.columns}, (_, i) => String(i)), [matrix]);
  const to = (row) => ({...cell, [axis]: row});
  return html`<${Drawn} ...${props} ...${{axis, tokens, matrix, rows, columns}} chosen=${cell[axis]} onPick=${(row) => on.pick(to(row))}
    onHover=${(row) => on.hover(row === null ? null : to(row))} />`;
}

const Table = ({t, name, matrix, rows, columns, digits, chosen, onPick}) => html`
  <${NumberTable} ...${{t, name, rows, columns, digits}} rowOf=${matrix.row} precision=${sent(t)} selected=${{row: chosen, column: null}} onMove=${({row}) => onPick(row)} />`;

const AIR = 3, TELLING = 0.1; // pixels; of numbers that are all smaller two places tell little

/** How the numbers of a matrix can be written in its cells, the longest way first, each with the pixels that the widest of them takes. */
function spellings({data}, largest) {
  const ways = [(x) => number(x, 3), (x) => number(x, 2), ...(largest < TELLING ? [] : [twoPlaces])];
  return ways.map((written) => ({written, room: AIR + NUMBER_FONT * data.reduce((most, x) => Math.max(most, wide(written(x))), 0)}));
}

function Small({t, name, plotly, matrix, rows, columns, theme, present, chosen, onPick, onHover}) {
  const [z, largest] = useMemo(() => {
    const all = {...matrix, values: matrix.data};
    return [nested(all), Math.max(magnitude(all), 1e-9)];
  }, [matrix]);
  const colours = useMemo(() => plotlyScale((x) => signedColour(x, theme), -1), [theme]), pick = ({row}) => onPick(row);
  const [first, ...shorter] = useMemo(() => (columns.length <= FEW ? spellings(matrix, largest) : [{}]), [matrix, largest]);
  return html`
    <${Heatmap} ...${{name, plotly, z, rows, columns, theme, colours, shorter}} ...${first} colourOf=${(x) => signedColour(x / largest, theme)} square=${false} large=${present} range=${[-largest, largest]} rowAxis="" columnAxis=${t("feature")}
      selected=${{row: chosen, column: null}} onHover=${(to) => onHover(to && to.row)} onPick=${pick} onMove=${pick} />
    <${SignedLegend} t=${t} theme=${theme} largest=${largest} />`;
}

function Large({t, matrix, axis, tokens, theme, digits, chosen, onPick, onHover}) {
  const scale = useMemo(() => scaleOf(matrix), [matrix]);
  return html`<${Matrix} ...${{t, matrix, tokens, theme, digits, chosen, scale, onPick, onHover}} title="" mark=${axis} bounded=${false} />`;
}
