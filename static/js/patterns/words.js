/** What is read rather than looked at: the sentence, its tokens, the worked cell, predictions, what can be saved, the tour. */
import {html} from "htm/preact";
import {useEffect, useState} from "preact/hooks";
import {trace as asked} from "../api.js";
import {ALL} from "../format.js";
import {requested} from "../masks.js";
import {Predictions} from "../views/predictions.js";
import {SaveMenu} from "../views/save_menu.js";
import {SentenceBar} from "../views/sentence_bar.js";
import {TokenRow} from "../views/token_row.js";
import {Tour} from "../views/tour.js";
import {WorkedCell} from "../views/worked_cell.js";
import {told} from "./runs.js";
import {Specimen, useChosen} from "./specimen.js";

export function Tokens({given}) {
  const {t} = given;
  return html`
    <${Specimen} given=${given} View=${Row} title=${t("A query and a key in one row")} />
    <${Specimen} given=${given} View=${Row} title=${t("A character of several tokens, and a special token")} run="bytes" />
    <${Specimen} given=${given} View=${Row} title=${t("A row that is longer than its place")} run="long" />`;
}

function Row({t, trace, first}) {
  const {site, query, key, on} = useChosen(trace, first);
  return html`<${TokenRow} t=${t} title=${t("Tokens")} tokens=${trace.along(site, "query")} query=${query} key_=${key} pick=${t("query")} onPick=${on.query} />`;
}

export function Sentences({given}) {
  const {t} = given, repeated = {model: "decoder", text: "Tom likes music. Mary likes music. Tom likes"};
  return html`
    <${Specimen} given=${given} View=${Sentence} title=${t("With an example, and what is to be seen there")} wide=${true} ...${repeated} />
    <${Specimen} given=${given} View=${Sentence} title=${t("Empty text")} model="encoder" text="" mask="prefix:3" wide=${true} />
    <${Specimen} given=${given} View=${Sentence} title=${t("A refusal")} model="decoder" text=" " refused=${t("Type at least one visible character.")} wide=${true} />
    <${Specimen} given=${given} View=${Sentence} title=${t("Busy, with a target to be read")} model="encoder-decoder" text="我昨天在公园看见了你的妹妹。" target="I saw" busy=${true} wide=${true} />
    <${Specimen} given=${given} View=${Sentence} title=${t("Models that are not there yet, and one that is refused")} model="decoder" text="I love eating fish" others=${comingModels(t)} wide=${true} />`;
}

/** As the server lists what it was given beside its own models. */
const comingModels = (t) => [
  {id: "gpt2", title: "gpt2", source: "hub", state: "loading", seconds: 12.4}, {id: "opt-125m", title: "opt-125m", source: "hub", state: "waiting"},
  {id: "mine", title: "mine", source: "folder", state: "failed", problem: "model-corrupt", detail: t("Files of this model are damaged or missing. Fetch it again and restart the server.")},
];

/** Run asks the server, which may refuse; what it answers is drawn elsewhere. What is to be seen is shown by the workbench. */
function Sentence({t, lang, page, models, others, workbench, refused = "", busy = false, target: begun = "", mask: masked = "native", ...initial}) {
  const [{model, text, target, mask}, set] = useState({model: initial.model, text: initial.text, target: begun, mask: masked});
  const [answered, answer] = useState(null), [running, setRunning] = useState(busy); // answered: "" or why it was refused, once the server has said
  useEffect(() => { answer(null); }, [lang]);
  const change = (changes) => set((now) => ({...now, ...changes}));
  const run = async () => {
    setRunning(true);
    const body = {model, text, mask: requested(mask), names: [], ...(model === "encoder-decoder" && target.trim() && {target})};
    answer(await asked(body, lang).then(() => "", (error) => told(t, error)));
    setRunning(false);
  };
  const examples = page.examples.filter((one) => one.model === model);
  return html`<${SentenceBar} ...${{t, lang, models, others, model, text, target, mask, examples}} refusal=${answered ?? refused} busy=${running} limit=${page.limits.characters}
    look=${examples.find((one) => one.text === text)}
    on=${{run, text: (text) => change({text}), target: (target) => change({target}), model: (model) => change({model, mask: "native"}),
      mask: (mask) => change({mask}),
      look: ({text, target, site, head, query, key}) => location.assign(workbench({model, text, target: target ?? "", site, head, query, key})),
      example: (one) => change({text: one.text, target: one.target ?? ""})}} />`;
}

export function Cells({given}) {
  const {t} = given;
  return html`
    <${Specimen} given=${given} View=${Cell} title=${t("Worked cell, visible")} />
    <${Specimen} given=${given} View=${Cell} title=${t("Worked cell, masked, with all digits")} at=${{query: 3, key: 6}} digits=${ALL} />
    <${Specimen} given=${given} View=${Cell} title=${t("Worked cell of a query that may see nothing")} run="blinded" />
    <${Specimen} given=${given} View=${Cell} title=${t("Worked cell of a long row: the rest in one line")} run="long" />`;
}

function Cell({t, theme, trace, first, name, at = {}, ...initial}) {
  const {site, head, cell, on} = useChosen(trace, {...first, ...at}), [digits, show] = useState(initial.digits ?? 4);
  return html`<${WorkedCell} ...${{t, theme, trace, site, head, cell, digits, name}} onPick=${on.pick} onView=${(view) => { location.hash = SECTIONS[view]; }} onDigits=${() => show(digits === ALL ? 4 : ALL)} />`;
}

const SECTIONS = {weights: "heatmap", scores: "heatmap", qkv: "qkv", values: "values"};

export function NextTokens({given}) {
  const {t} = given;
  return html`
    <${Specimen} given=${given} View=${Next} title=${t("What the decoder would write next")} />
    <${Specimen} given=${given} View=${Next} title=${t("What the encoder reads in this place")} run="bidirectional" />`;
}

function Next({t, trace, first}) {
  const {site, query, on} = useChosen(trace, first), tokens = trace.along(site, "query");
  return html`
    <${TokenRow} t=${t} title=${t("Tokens")} tokens=${tokens} query=${query} key_=${null} pick=${t("query")} onPick=${on.query} />
    <${Predictions} t=${t} kind=${trace.model.kind} tokens=${tokens} position=${query} weights=${null} predictions=${trace.predictions[query]} />`;
}

export function Saving({given}) {
  return html`<${Specimen} given=${given} View=${Menu} title=${given.t("Open it to see what can be taken away")} />`;
}

function Menu({t, save, trace, first}) {
  const {site, head} = useChosen(trace, first), [saved, setSaved] = useState("");
  return html`<${SaveMenu} t=${t} kinds=${trace.saves} saved=${saved} onSave=${(what) => save(what, {trace, site, head, view: "weights", shows: {sink: "shown", measure: "norms"}}).then(setSaved)} />`;
}

export function Tours({given}) {
  return html`<${Specimen} given=${given} View=${TourCard} title=${given.t("Its first step; closing it begins again")} />`;
}

function TourCard({t}) {
  const [step, go] = useState(0);
  return html`<${Tour} t=${t} step=${step} onStep=${(to) => go(to ?? 0)} />`;
}
