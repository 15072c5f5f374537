/** Edits: what can be done to a head and to a token, the row of edits, what changed downstream, which heads matter. */
import {html} from "htm/preact";
import {useEffect, useMemo, useState} from "preact/hooks";
import * as api from "../api.js";
import {patternChanges, streamChanges} from "../downstream.js";
import {BothPredictions} from "../views/both_predictions.js";
import {ChangedPatterns} from "../views/changed_patterns.js";
import {EditChips} from "../views/edit_chips.js";
import {EditList} from "../views/edit_menu.js";
import {Importance} from "../views/importance.js";
import {StreamMap} from "../views/stream_map.js";
import {SwapMenu} from "../views/swap_menu.js";
import {RUNS, ask, told} from "./runs.js";
import {Specimen, useChosen} from "./specimen.js";

const OFF = {zero: "decoder.blocks.1.attn", head: 2};

export function Edits({given}) {
  const {t} = given;
  return html`
    <${Specimen} given=${given} View=${List} title=${t("What can be done to a head")} />
    <${Specimen} given=${given} View=${Swap} title=${t("Another token in place of one")} />
    <${Specimen} given=${given} View=${Chips} title=${t("The edits of a run")} wide=${true} />`;
}

export function Downstream({given}) {
  const {t} = given;
  return html`
    <${Specimen} given=${given} View=${Changed} title=${t("What an edit changed")} wide=${true} />
    <${Specimen} given=${given} View=${Heads} title=${t("Which heads matter for this prediction")} />`;
}

/** The same run with a head switched off; null while it is not here. */
function useEdited(lang) {
  const [after, show] = useState(null);
  useEffect(() => { ask(RUNS.repeated, lang, {edits: [OFF]}).then(show, () => {}); }, []); // a failure is told by the run itself
  return after;
}

function List({t, trace, first}) {
  const {site, head} = useChosen(trace, first), [edits, edit] = useState([]), [painting, paint] = useState(false);
  return html`<${EditList} ...${{t, site, head, edits, painting}} onEdits=${edit} onPaint=${() => paint(!painting)} />`;
}

function Swap({t, lang, trace}) {
  const [vocabulary, know] = useState(undefined), [id, put] = useState(null), position = 7, token = trace.tokens.target[position];
  const load = () => api.vocabulary(trace.model.id, lang).then(know, (error) => know({problem: told(t, error)}));
  const now = id === null ? token : {id, text: vocabulary?.texts[id] ?? trace.predictions[position - 1].find((one) => one.id === id).text, start: 0, part: null};
  return html`<${SwapMenu} ...${{t, position, vocabulary}} side="target" token=${now} encoder=${false} candidates=${trace.predictions[position - 1]} swapped=${id !== null} original=${id === null ? null : token}
    onOpen=${load} onSwap=${put} />`;
}

function Chips({t, lang, trace, first}) {
  const after = useEdited(lang), {site, query} = useChosen(trace, first), [without, leave] = useState(false), [edits, edit] = useState([OFF]);
  const nothing = () => {};
  return after && html`<${EditChips} ...${{t}} shown=${{site, query}} editing=${{edits, before: trace, after, without, problem: "", undoable: false, redoable: edits.length === 0}}
    on=${{edit: {apply: edit, undo: nothing, redo: () => edit([OFF]), without: leave, again: nothing}}} />`;
}

function Changed({t, lang, theme, trace, first}) {
  const after = useEdited(lang), {site, head, query, on} = useChosen(trace, first);
  const changes = useMemo(() => (after ? patternChanges(trace, after) : []), [trace, after]), rows = useMemo(() => (after ? streamChanges(trace, after) : []), [trace, after]);
  if (!after) return html`<p class="waiting">${t("Loading…")}</p>`;
  return html`
    <${BothPredictions} t=${t} kind="decoder" token=${after.tokens.target[query]} was=${trace.predictions[query]} is=${after.predictions[query]} />
    ${rows.length > 0 && html`<${StreamMap} ...${{t, theme, rows}} title=${t("The residual stream after each block")} tokens=${after.tokens.target} chosen=${query} onPick=${on.query} />`}
    <${ChangedPatterns} ...${{t, trace, changes}} chosen=${{site, head}} onPick=${(to) => { on.head(to.site.name, to.head); on.pick({query: to.query, key: to.key}); }} />`;
}

/** Asked of the server as in the workbench; what a head's own buttons do is shown there. */
function Heads({t, lang, trace, first}) {
  const {site, head, query, on} = useChosen(trace, first), [found, show] = useState(null);
  const start = async (asked) => {
    let now = {trace, ...asked, token: null, probability: null, total: 0, heads: [], running: true, problem: ""};
    show(now);
    const put = (changes) => { now = {...now, ...changes}; show(now); };
    try {
      for await (const line of api.importance({model: trace.model.id, ...trace.request, ...asked}, lang)) {
        put("heads" in line ? {token: line.token, probability: line.probability, total: line.heads} : {heads: [...now.heads, line]});
      }
      put({running: false});
    } catch (error) {
      put({running: false, problem: told(t, error)});
    }
  };
  return html`<${Importance} ...${{t, trace, found}} position=${query} predictions=${trace.predictions[query]} edits=${[]} chosen=${{site, head}}
    on=${{...on, importance: {start, stop: () => {}}, edit: {apply: () => {}}}} />`;
}
