/** What stands in lessons alone: a row of attention station by station, a table to fill in. */
import {html} from "htm/preact";
import {useState} from "preact/hooks";
import {label} from "../labels.js";
import {divisors, stationsOf} from "../stations.js";
import {isRight} from "../typed_number.js";
import {FillTable} from "../views/fill_table.js";
import {Heads} from "../views/head_picker.js";
import {Stations} from "../views/stations.js";
import {Specimen, useChosen} from "./specimen.js";

export function Rows({given}) {
  const {t} = given;
  return html`
    <${Specimen} given=${given} View=${Row} title=${t("Every key visible")} run="bidirectional" wide=${true} />
    <${Specimen} given=${given} View=${Row} title=${t("A query that may see nothing: a row of hatch")} run="blinded" wide=${true} />`;
}

function Row({t, theme, trace, first, name}) {
  const {site, head, query} = useChosen(trace, first), one = trace.head(site, head), choices = divisors(one.dHead), own = (choices.length - 1) / 2;
  const [chosen, choose] = useState(own);
  return html`<${Stations} ...${{t, theme, choices, own, chosen, name}} query=${trace.along(site, "query")[query]} keys=${trace.along(site, "key")}
    row=${stationsOf(one, query, choices[chosen])} onChoose=${choose} />`;
}

export function Exercises({given}) {
  const {t} = given;
  return html`
    <${Specimen} given=${given} View=${Fill} title=${t("One cell is blank")} level="cell" />
    <${Specimen} given=${given} View=${Fill} title=${t("A row is blank, some of it is right")} level="row" begun=${true} />
    <${Specimen} given=${given} View=${Picker} title=${t("The heads of a block")} />`;
}

const DIGITS = 2, WITHIN = 0.01, KEYS = 4;

/** begun: the first blank is filled in and checked */
function Fill({t, trace, first, name, level, begun = false}) {
  const {site, head, query} = useChosen(trace, first), weights = Array.from(trace.row(site, head, query)).slice(0, KEYS), largest = weights.indexOf(Math.max(...weights));
  const cells = weights.map((value, key) => ({id: String(key), value, shown: value.toFixed(DIGITS), level: key === largest ? "cell" : "row"}));
  const [texts, type] = useState(begun ? {[largest]: cells[largest].shown} : {}), [checked, check] = useState(begun), [shown, show] = useState(false);
  const blank = (cell) => level === "row" || cell.level === level;
  const on = {
    type: (id, text) => { check(false); type((now) => ({...now, [id]: text})); },
    check: () => check(true),
    show: () => { type(Object.fromEntries(cells.map((cell) => [cell.id, cell.shown]))); show(true); check(true); },
  };
  return html`<${FillTable} ...${{t, blank, texts, checked, shown, on}} label=${name} columns=${trace.along(site, "key").slice(0, KEYS).map(label)} next=${null}
    rows=${[{head: label(trace.along(site, "query")[query]), cells}]} right=${(cell) => isRight(texts[cell.id] ?? "", cell.value, Number(cell.shown), WITHIN)} />`;
}

function Picker({t, trace, first}) {
  const {site, head, on} = useChosen(trace, first);
  return html`<${Heads} t=${t} site=${site} head=${head} onHead=${on.head} />`;
}
