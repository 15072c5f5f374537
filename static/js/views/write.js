/** Writing: the heads and the chosen one on all that is written so far, and beside them what would come next. */
import {html} from "htm/preact";
import {PANELS} from "../acts.js";
import {begunAt} from "../spread.js";
import {Beams} from "./beams.js";
import {Candidates} from "./candidates.js";
import {HeadFigure} from "./head_figure.js";
import {Kept} from "./kept.js";
import {Lens} from "./lens.js";
import {known} from "../kinds.js";
import {Heads} from "./look.js";
import {Spread} from "./spread.js";
import {Written} from "./written.js";

const PANEL = {next: Candidates, beams: Beams, lens: Lens, spread: Spread, kept: Kept};

/** @param {any} props writing, searching: as writing.js and searching.js tell them; asides: further tensors; panel: which of PANELS */
export function Write(props) {
  const {t, lang, page: {kinds}, trace, shown: {site, head}, cell, off, weights, view, lines, shows, kind, sort, theme, digits, plotly, saved, rows, walking,
    bounded, present, panel, on} = props;
  return html`
    <div class="panes writing">
      <${Heads} ...${{t, lang, trace, site, head, theme, kinds, kind, sort, on}} sink=${shows.sink} here=${known(trace)} />
      <${HeadFigure} ...${{t, lang, plotly, trace, site, head, view, lines, shows, digits, kinds, kind, theme, cell, off, weights, saved, rows, walking,
        bounded, present, on}} />
      <aside class="write">
        <${Written} ...${props} begun=${begunAt(trace)} />
        <${Panels} ...${{t, panel, on}} />
        <div class="panel" role="tabpanel" aria-label=${panelName(t, panel)}><${PANEL[panel]} ...${props} begun=${begunAt(trace)} /></div>
      </aside>
    </div>`;
}

const panelName = (t, panel) => ({
  next: t("Candidates"), beams: t("Beams"), lens: t("Lens"), spread: t("Spread"), kept: t("Cache"),
}[panel]);

function Panels({t, panel, on}) {
  const choose = (event) => {
    const to = {ArrowLeft: -1, ArrowRight: 1}[event.key];
    if (!to) return;
    event.preventDefault();
    const next = PANELS[(PANELS.indexOf(panel) + to + PANELS.length) % PANELS.length];
    on.panel(next);
    event.currentTarget.querySelector(`[data-panel="${next}"]`).focus();
  };
  return html`
    <div role="tablist" class="tabs" aria-label=${t("What is told of the next token")} onKeyDown=${choose}>
      ${PANELS.map((name) => html`
        <button type="button" role="tab" data-panel=${name} aria-selected=${name === panel} tabindex=${name === panel ? 0 : -1}
          onClick=${() => on.panel(name)}>${panelName(t, name)}</button>`)}
    </div>`;
}
