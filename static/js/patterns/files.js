/** A visitor's file: the button, what is said of it, the cell of weights that came alone. The file is made of a run's own weights. */
import {html} from "htm/preact";
import {useMemo, useState} from "preact/hooks";
import {Attentions} from "../attentions.js";
import {ALL} from "../format.js";
import {readAttentions} from "../reading.js";
import {OpenFile, OpenedFile} from "../views/opened_file.js";
import {WeightCell} from "../views/weight_cell.js";
import {told} from "./runs.js";
import {Specimen, useChosen} from "./specimen.js";

export function Files({given}) {
  const {t} = given;
  return html`
    <${Specimen} given=${given} View=${Opening} title=${t("Opening a file, and what is said of it")} />
    <${Specimen} given=${given} View=${Halved} title=${t("Rows that do not add up to 1")} />
    <${Specimen} given=${given} View=${Alone} title=${t("A cell of weights that came alone")} />`;
}

/** As a file that holds the weights of every head, the first row of them times `share`. */
function fileOf(trace, share = 1) {
  const {sites} = trace, {nQuery, nKey} = trace.head(sites[0], 0), heads = sites[0].n_heads;
  const data = new Float32Array(sites.length * heads * nQuery * nKey);
  sites.forEach((site, layer) => {
    for (let head = 0; head < heads; head++) data.set(trace.pattern(site, head), (layer * heads + head) * nQuery * nKey);
  });
  data.forEach((x, i) => { if (i < nKey) data[i] = x * share; });
  const tokens = trace.along(sites[0], "query").map(({text}) => text);
  return new Attentions({name: `${trace.model.id}.npz`, zipped: true, entry: "attentions", batched: false},
    {data, dtype: "F32", shape: [sites.length, heads, nQuery, nKey]}, {query: tokens, key: tokens});
}

/** Any file can be opened here; closing it leads back to the first. */
function Opening({t, trace}) {
  const first = useMemo(() => fileOf(trace), [trace]), [opened, open] = useState(null), [problem, setProblem] = useState("");
  const choose = (file) => readAttentions(file).then((found) => { open(found); setProblem(""); }, (error) => setProblem(error.say?.(t) ?? told(t, error)));
  return html`
    <${OpenFile} t=${t} onOpen=${choose} />
    ${problem && html`<p class="refusal" role="alert">${problem}</p>`}
    <${OpenedFile} t=${t} trace=${opened ?? first} onClose=${() => open(null)} />`;
}

function Halved({t, trace, name}) {
  const halved = useMemo(() => fileOf(trace, 0.5), [trace]), [closed, close] = useState(false);
  return closed ? html`<button type="button" class="quiet" onClick=${() => close(false)}>${t("Show again")}</button>`
    : html`<${OpenedFile} t=${t} trace=${halved} name=${name} onClose=${() => close(true)} />`;
}

function Alone({t, trace, name}) {
  const file = useMemo(() => fileOf(trace), [trace]);
  const {site, head, cell, on} = useChosen(file, {site: "blocks.1.attn", head: 2, query: 6, key: 3}), [digits, show] = useState(4);
  return html`<${WeightCell} ...${{t, site, head, cell, digits, name}} trace=${file} onPick=${on.pick} onDigits=${() => show(digits === ALL ? 4 : ALL)} />`;
}
