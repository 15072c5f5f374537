/** The structure of a model, with a part chosen. */
import {signal} from "@preact/signals";
import {html} from "htm/preact";
import {useMemo} from "preact/hooks";
import * as api from "../api.js";
import {useChosen} from "../choosing.js";
import {Trace} from "../trace.js";
import {useStructures} from "../structured.js";
import {Structure} from "../views/structure.js";
import {told} from "./runs.js";
import {Specimen} from "./specimen.js";

export function Structures({given}) {
  const {t} = given;
  return html`
    <${Specimen} given=${given} View=${One} title=${t("A decoder, and the values of block 1")} part="decoder.blocks.1.attn.W_v" wide=${true} />
    <${Specimen} given=${given} View=${One} run="translated" title=${t("An encoder-decoder: its memory is read by every block of the decoder")} part="encoder.norm" wide=${true} />`;
}

function One({t, lang, theme, plotly, trace, first, models, part: begun}) {
  const {site, head, query, key, cell, on} = useChosen(trace, first), part = useMemo(() => signal(begun), []), families = useMemo(() => signal(""), []);
  const run = async (body, abort) => new Trace(await api.trace(body, lang, abort));
  const structures = useStructures({trace, site, part, families, models: useMemo(() => signal(models), [models]), told: (error) => told(t, error), read: (path) => api.json(path, lang),
    ask: run, bring: ({model, request}, names, abort) => run({model: model.id, ...request, names}, abort)});
  return html`<${Structure} ...${{t, lang, theme, plotly, cell}} digits=${4} shown=${{site, head, query, key}} structures=${structures.shown} present=${false}
    on=${{...on, show: ({head: to}) => on.head(site.name, to), structure: structures.on}} />`;
}
