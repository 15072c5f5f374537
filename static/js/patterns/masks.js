/** Masks painted by hand, on the tokens of a run. */
import {html} from "htm/preact";
import {useState} from "preact/hooks";
import {MaskPainter} from "../views/mask_painter.js";
import {Specimen} from "./specimen.js";

export function Painters({given}) {
  const {t} = given;
  return html`
    <${Specimen} given=${given} View=${Painter} title=${t("On a causal mask: changed cells are framed, one query sees nothing")} word="painted:3.0-4.1-5.1-6.2-2.0-2.1-2.2-" />
    <${Specimen} given=${given} View=${Painter} title=${t("On a bidirectional mask, nothing painted yet")} run="bidirectional" />
    <${Specimen} given=${given} View=${Painter} title=${t("Larger than its place")} run="long" word="painted:20.1-" />
    <${Specimen} given=${given} View=${Painter} title=${t("More tokens than a grid has")} times=${3} run="long" />`;
}

/** times: how often the sentence is repeated */
function Painter({t, trace, models, word = "painted:", times = 1, name}) {
  const [mask, paint] = useState(word), tokens = Array(times).fill(trace.tokens[trace.predicted]).flat();
  return html`<${MaskPainter} ...${{t, mask, name}} native=${models.find(({id}) => id === trace.model.id).mask} queries=${tokens} keys=${tokens} onPaint=${paint} />`;
}
