/** Runs side by side: a comparison at work, and what can be compared. */
import {html} from "htm/preact";
import {useEffect, useState} from "preact/hooks";
import {said, saying} from "../panes.js";
import {comparedNames} from "../portions.js";
import {bodyOf} from "../setup.js";
import {Compare} from "../views/compare.js";
import {Presets} from "../views/presets.js";
import {RUNS, ask, told} from "./runs.js";
import {Specimen, useChosen, useShown} from "./specimen.js";
import {useTokenSteps} from "./walking.js";

export function Comparisons({given}) {
  const {t} = given;
  return html`
    <${Specimen} given=${given} View=${Compared} title=${t("A prefix beside the causal mask: draw its end")} wide=${true} beside="mask=prefix%3A3" />
    <${Specimen} given=${given} View=${Offered} title=${t("Nothing beside it yet")} wide=${true} />`;
}

const Offered = ({t, models, trace, name}) => html`<${Presets} ...${{t, models, trace, name}} mask="native" beside="" edits="" empty=${true} on=${{compare: () => {}}} />`;

function Compared({t, lang, theme, plotly, page, models, trace, first, beside: begun}) {
  const {site, head, query, key, cell, on} = useChosen(trace, first), steps = useTokenSteps(trace, site, head, query, on);
  const [beside, put] = useState(begun), panes = usePanes(t, lang, models, beside);
  const [compared, change] = useShown({between: "A-B", differ: "size", apart: "", vectors: "cosine"}), [shows, show] = useShown({as: "picture", sink: "shown"});
  const [view, setView] = useState("weights"), [kind, setKind] = useState(""), [sort, setSort] = useState("block");
  const hovered = cell.from ? cell : null, apart = (to) => change({apart: to}), near = (then) => (to) => { apart(""); then(to); };
  return html`<${Compare} ...${{t, lang, theme, plotly, page, models, trace, panes, compared, shows, view, hovered, kind, sort, beside}} shown=${{site, head, query, key}}
    model=${trace.model.id} mask="native" edits="" digits=${4} present=${false} rows=${steps.rows} walking=${steps.walking}
    on=${{...on, ...steps.on, pick: near(steps.on.pick), query: near(steps.on.query), view: setView, kind: setKind, sort: setSort, apart, digits: () => {}, mask: () => {},
      show: (changes) => (Object.keys(changes).every((name) => name in compared) ? change(changes) : show(changes)),
      compare: ({words}) => put(words[0]), pane: (_, changes) => put(saying(beside, changes)), removePane: () => put("")}} />`;
}

/** The one other pane, with the run that its word asks for. */
function usePanes(t, lang, models, word) {
  const [pane, setPane] = useState({id: 0, word, trace: null, refusal: "", running: null});
  useEffect(() => {
    const running = new AbortController(), {request} = RUNS.repeated, own = models.find(({id}) => id === (said(word).model ?? request.model));
    const body = bodyOf({...request, ...said(word)}, own);
    setPane((before) => ({...before, word, running}));
    if (word) {
      ask({request: body, names: comparedNames(own, request.text)}, lang, {}, running.signal)
        .then((found) => setPane({id: 0, word, trace: found, refusal: "", running: null}))
        .catch((error) => { if (!running.signal.aborted) setPane((before) => ({...before, refusal: told(t, error), running: null})); });
    }
    return () => running.abort();
  }, [word, lang]);
  return word ? [pane] : [];
}
