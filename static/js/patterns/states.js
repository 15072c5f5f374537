/** What stands there while nothing can be shown, and while something else is on its way. */
import {html} from "htm/preact";
import {Pattern} from "../views/head_figure.js";
import {Specimen, useChosen} from "./specimen.js";

export function States({given}) {
  const {t} = given;
  return html`
    <${Specimen} given=${given} View=${Waiting} title=${t("The first run is on its way")} told=${t("Running the model on the first example…")} />
    <${Specimen} given=${given} View=${Waiting} title=${t("The first run was refused")} told=${t("Nothing to show yet.")} />
    <${Specimen} given=${given} View=${Stale} title=${t("Another run is on its way: the old figure stays, dimmed")} plotted=${true} />
    <${Specimen} given=${given} View=${Stale} title=${t("The drawing library is on its way")} plotted=${false} />`;
}

const Waiting = ({told}) => html`<p class="waiting">${told}</p>`;

function Stale({t, theme, plotly, trace, first, plotted}) {
  const {site, head, cell, on} = useChosen(trace, first);
  return html`
    <div class=${plotted ? "figures stale" : ""} inert=${plotted}>
      <${Pattern} ...${{t, theme, trace, site, head, cell, on}} plotly=${plotted ? plotly : null} view="weights" sink="shown" rows="all"
        bounded=${false} present=${false} />
    </div>`;
}
