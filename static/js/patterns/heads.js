/** The heads: the grid in its states, and the chosen head with its tabs. */
import {html} from "htm/preact";
import {useState} from "preact/hooks";
import {HeadFigure} from "../views/head_figure.js";
import {HeadGrid} from "../views/head_grid.js";
import {Specimen, useChosen, useShown} from "./specimen.js";
import {useTokenSteps} from "./walking.js";

export function Grids({given}) {
  const {t} = given;
  return html`
    <${Specimen} given=${given} View=${Grid} title=${t("Heads, all of them")} />
    <${Specimen} given=${given} View=${Grid} title=${t("Heads, sifted by a kind")} kind="induction" />
    <${Specimen} given=${given} View=${Grid} title=${t("Heads, the highest score first")} kind="first" sort="score" />
    <${Specimen} given=${given} View=${Grid} title=${t("Heads, the first position hidden")} run="bidirectional" sink="hidden" />
    <${Specimen} given=${given} View=${Grid} title=${t("Heads, none of the chosen kind")} kind="alignment" sort="score" />
    <${Specimen} given=${given} View=${Grid} title=${t("Heads of an encoder-decoder")} run="translated" />`;
}

function Grid({t, lang, theme, page, trace, first, sink = "shown", name, ...initial}) {
  const {site, head, on} = useChosen(trace, first);
  const [kind, setKind] = useState(initial.kind ?? ""), [sort, setSort] = useState(initial.sort ?? "block");
  return html`<${HeadGrid} ...${{t, lang, trace, site, head, theme, sink, kind, sort, name}} kinds=${page.kinds} onPick=${on.head}
    onKind=${(to) => { setKind(to); if (!to) setSort("block"); }} onSort=${setSort} onPainted=${on.painted} />`;
}

export function ChosenHead({given}) {
  return html`<${Specimen} given=${given} View=${Chosen} title=${given.t("A head of the decoder")} wide=${true} />`;
}

function Chosen({t, lang, theme, plotly, page, save, trace, first}) {
  const {site, head, query, cell, on} = useChosen(trace, first), [view, setView] = useState("weights"), [kind, setKind] = useState("");
  const [shows, show] = useShown({as: "picture", sink: "shown", order: "place", measure: "norms", feature: null});
  const [lines, changeLines] = useShown({threshold: "0.01", heads: "chosen", hidden: "", direction: ""});
  const [saved, setSaved] = useState(""), steps = useTokenSteps(trace, site, head, query, on);
  const change = (changes) => (Object.keys(changes).every((name) => name in lines) ? changeLines(changes) : show(changes));
  return html`<${HeadFigure} ...${{t, lang, theme, plotly, trace, site, head, cell, view, kind, shows, lines, saved}} kinds=${page.kinds} digits=${4}
    off="" weights=${null} rows=${steps.rows} walking=${steps.walking} bounded=${false} present=${false}
    on=${{...on, ...steps.on, view: setView, kind: setKind, show: change,
      save: (what) => save(what, {trace, site, head, query, view, shows, lines}).then(setSaved)}} />`;
}
