/** The heads at the left, the chosen one in the middle, one cell of it number by number at the right. */
import {html} from "htm/preact";
import {useMemo} from "preact/hooks";
import {known} from "../kinds.js";
import {beneathPaint} from "../masks.js";
import {LARGEST, isPainted} from "../painting.js";
import {HeadFigure} from "./head_figure.js";
import {HeadGrid} from "./head_grid.js";
import {MaskPainter} from "./mask_painter.js";
import {Predictions} from "./predictions.js";
import {WeightCell} from "./weight_cell.js";
import {WorkedCell} from "./worked_cell.js";
import {useBegun} from "./working.js";

/** @param {any} props cell: the one that is pointed at, else the chosen one; off, weights: as workbench.js says of a run */
export function Look(props) {
  const {t, lang, page: {kinds}, trace, models, mask, shown: {site, head}, cell, off, weights, view, lines, shows, kind, sort, theme, digits, plotly, saved, rows, walking,
    bounded, present, editing, on} = props;
  const Chosen = trace.size || trace.alone ? WeightCell : WorkedCell, begun = useBegun();
  return html`
    <div class="panes">
      ${isPainted(mask) && !trace.file && html`<${Painter} ...${{t, trace, models, mask, site, present, on}} cell=${trace.tokens[trace.predicted].length > LARGEST ? props.shown : cell} />`}
      <${Heads} ...${{t, lang, trace, site, head, theme, kinds, kind, sort, on}} sink=${shows.sink} here=${known(trace)} />
      <${HeadFigure} ...${{t, lang, plotly, trace, site, head, view, lines, shows, digits, kinds, kind, theme, cell, off, weights, saved, rows, walking,
        bounded, present, editing, on}} here=${known(trace)} />
      <aside>
        ${trace.alone && html`<p class="note">${t("This model's family hands out its attention weights alone: queries, keys, values and scores are not to be had.")}</p>`}
        ${begun && html`<${Chosen} ...${{t, trace, site, head, cell, theme, digits}} onDigits=${on.digits} onPick=${on.pick} onView=${on.view} />`}
        ${!trace.file && !trace.predictions.length && html`<p class="note">${t("This model has no prediction head: it says nothing of the next or the hidden token.")}</p>`}
        ${site.query === trace.predicted && html`
          <${Predictions} t=${t} kind=${trace.model.kind} tokens=${trace.along(site, "query")} position=${cell.query} weights=${weights}
            predictions=${trace.predictions[cell.query]} />`}
      </aside>
    </div>`;
}

/** The mask of the sequence that is predicted: an encoder's, or a decoder's self-attention. Where that is shown, both have one cell. */
function Painter({t, trace, models, mask, site, cell, present, on}) {
  const tokens = trace.tokens[trace.predicted], own = site.query === trace.predicted && site.query === site.key;
  return html`<${MaskPainter} ...${{t, mask, present}} ...${beneathPaint(trace, site, models.find(({id}) => id === trace.model.id).mask)} queries=${tokens} keys=${tokens}
    cell=${own ? cell : null} onCell=${own ? on.pick : null} onPaint=${on.paint} onClose=${() => on.mask("native")} />`;
}

/** The head grid. Preact passes over what it is given again: a pointer that moves leaves the heads alone. */
export const Heads = ({t, lang, trace, site, head, theme, kinds, kind, sort, sink, here = known(trace), on}) => useMemo(() => html`
  <${HeadGrid} ...${{t, lang, trace, site, head, theme, kinds, kind, sort, sink, here}} onPick=${on.head} onKind=${on.kind}
    onSort=${on.sort} onPainted=${on.painted} />`, [t, lang, trace, site, head, theme, kinds, kind, sort, sink, here]);
