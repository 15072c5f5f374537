/** Filling in: the chosen word, what could stand at a gap, who reads around it. Nothing is hidden here; the workbench does that. */
import {html} from "htm/preact";
import {useState} from "preact/hooks";
import {wordAt} from "../whole_words.js";
import {ChosenWord} from "../views/chosen_word.js";
import {Fillings} from "../views/fillings.js";
import {Readers} from "../views/readers.js";
import {TokenRow} from "../views/token_row.js";
import {Specimen, useChosen, useShown} from "./specimen.js";

export function Gaps({given}) {
  const {t} = given;
  return html`
    <${Specimen} given=${given} View=${Word} title=${t("A word of several tokens")} run="split" vocabulary=${{texts: [], special: []}} mask=${3} />
    <${Specimen} given=${given} View=${Candidates} title=${t("With both sides read")} run="hidden" />
    <${Specimen} given=${given} View=${Candidates} title=${t("With the left side alone")} run="behind" both=${given.runs.hidden.value.trace ?? null} />
    <${Specimen} given=${given} View=${Around} title=${t("Who reads the neighbours")} run="hidden" wide=${true} />`;
}

const nothing = () => {};

function Word({t, trace, first, vocabulary, mask}) {
  const {query, on} = useChosen(trace, first), tokens = trace.tokens.source;
  return html`
    <${TokenRow} t=${t} title=${t("Tokens")} tokens=${tokens} query=${query} key_=${null} pick=${t("query")} onPick=${on.query} />
    <div class="write fill"><${ChosenWord} ...${{t, tokens, vocabulary, mask}} section=${null} plain=${tokens} position=${query} word=${wordAt(tokens, query)} edited=${false} put=${nothing} onLoad=${nothing} /></div>`;
}

/** The sentence's own tokens are those of the run without the edits. */
const own = (given) => given.bidirectional.value.trace?.tokens.source ?? null;

function Candidates({t, trace, runs, both = null}) {
  const [at, choose] = useState(6);
  return html`<div class="write fill"><${Fillings} ...${{t, trace, at}} plain=${own(runs)} hidden=${[4, 6]} filling=${{both, problem: ""}} onChoose=${choose} onPut=${nothing} on=${{only: nothing, again: nothing}} /></div>`;
}

function Around({t, trace, first}) {
  const {site, head, on} = useChosen(trace, first), [{reads}, show] = useShown({reads: "right"});
  const look = ({site: name, head: to, query, key}) => { on.head(name, to); on.pick({query, key}); };
  return html`<div class="write fill"><${Readers} ...${{t, trace, site, head}} at=${6} column=${reads} arrived=${0} on=${{...on, look, show}} /></div>`;
}
