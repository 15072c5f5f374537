/** Single stages of the forward pass: the figure, the formula and the numbers of each. */
import {html} from "htm/preact";
import {useMemo, useState} from "preact/hooks";
import {attended} from "../attended.js";
import {ALL} from "../format.js";
import {stages} from "../stages.js";
import {StageFigure} from "../views/stage_figure.js";
import {Formula} from "../views/stage_formula.js";
import {StageNumbers} from "../views/stage_numbers.js";
import {Specimen, useChosen} from "./specimen.js";

export function Stages({given}) {
  const {t} = given;
  return html`
    <${Specimen} given=${given} View=${Stage} title=${t("Matrices of a head: queries and keys, before and after they are turned")} kind="rotate" />
    <${Specimen} given=${given} View=${Stage} title=${t("Matrices of the stream: an addition")} kind="add" />
    <${Specimen} given=${given} View=${Stage} title=${t("A pattern: the scores")} kind="scores" />
    <${Specimen} given=${given} View=${Stage} title=${t("A table: the tokens")} kind="tokens" sublayer=${null} />
    <${Specimen} given=${given} View=${Stage} title=${t("A table: the predictions")} kind="logits" sublayer=${null} />`;
}

/** Of the block that is chosen at first, or of the whole model where the sublayer is null. */
function Stage({t, theme, plotly, trace, first, kind, sublayer = "attn"}) {
  const {site, head, cell, on} = useChosen(trace, first), [digits, show] = useState(4);
  const stage = stages(trace).find((one) => one.kind === kind && one.sublayer === sublayer && (sublayer === null || one.site === first.site));
  const work = useMemo(() => attended(trace.head(site, head)), [trace, site, head]);
  const given = {t, theme, plotly, trace, stage, site, head, query: cell.query, at: cell.key, work};
  return html`
    <div class="stage-figure"><${StageFigure} ...${given} bounded=${false} on=${on} /></div>
    <${Formula} ...${{t, trace, stage, site}} />
    <${StageNumbers} ...${given} digits=${digits} waiting=${false} onDigits=${() => show(digits === ALL ? 4 : ALL)} onPick=${on.pick} />`;
}
