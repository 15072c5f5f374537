/** Runs side by side: the heads at the left, the panes with one selection and what lies between them in the middle, the chosen cell at the right. */
import {html} from "htm/preact";
import {useMemo} from "preact/hooks";
import {cellOf, has, matched} from "../comparison.js";
import {viewName} from "../names.js";
import {LETTERS, placeIn, said} from "../panes.js";
import {missingAt} from "../portions.js";
import {Choice} from "./choice.js";
import {ComparedCell} from "./compared_cell.js";
import {ComparedHeads} from "./compared_heads.js";
import {ComparisonPane} from "./comparison_pane.js";
import {DifferenceFigure} from "./difference_figure.js";
import {AsTable} from "./number_table.js";
import {Presets} from "./presets.js";
import {TokenSteps} from "./token_steps.js";
import {VectorTable} from "./vector_table.js";

/** @param {any} props panes: as comparing.js has them; compared: what of the address a comparison alone has */
export function Compare(props) {
  const {t, trace, shown, panes, view: wanted, shows, rows, walking, hovered, compared, models, on} = props, {site, head} = shown;
  const ends = useEnds(trace, panes, site, head), alone = ends.some((end) => end?.trace.alone), views = alone ? ["weights"] : ["weights", "scores"];
  const view = views.includes(wanted) ? wanted : "weights";
  const match = useMemo(() => matched(ends), [ends]);
  const pointed = [hovered?.from, cellOf(compared.apart)].find((cell) => has(ends, cell)) ?? {pane: 0, query: shown.query, key: shown.key};
  const cells = ends.map((end, pane) => end && {query: match.queries(pointed.pane, pane, pointed.query), key: match.keys(pointed.pane, pane, pointed.key)});
  const asked = compared.between.split("-").map((letter) => LETTERS.indexOf(letter));
  const pair = [asked, [0, 1], [0, 2]].find((two) => two.every((pane) => ends[pane])) ?? null;
  const given = {...props, view, ends, match, pointed, cells, pair, choose: chooser({match, shown, on})};
  const mixed = ends.some((end) => end && end.trace.model.id !== trace.model.id);
  return html`
    <div class="panes comparison">
      <${ComparedHeads} ...${given} />
      <section class="compared" aria-label=${t("Comparison")}>
        <header>
          <h2>${panes.length ? t("Side by side") : t("Compare")}</h2>
          ${panes.length > 0 && html`
            ${views.length > 1 && html`<${Choice} legend=${t("What is drawn")} value=${view} onChoose=${on.view} options=${views.map((name) => [name, viewName(t, name)])} />`}
            <${AsTable} t=${t} as=${shows.as} on=${on} />`}
        </header>
        ${panes.length > 0 && html`
          <div class="side-by-side" data-panes=${ends.length}>
            ${ends.map((_, pane) => html`<${ComparisonPane} key=${pane} ...${given} pane=${pane} />`)}
            ${pair && html`<${DifferenceFigure} ...${given} /><${VectorTable} ...${given} />`}
          </div>
          ${ends[0] && html`<${TokenSteps} ...${{t, trace, site, head, rows, walking, on}} cell=${{query: shown.query, key: shown.key}} covers=${shows.as === "picture"} />`}`}
        ${panes.length < LETTERS.length - 1 && html`<${Presets} ...${{t, trace, models, on}} mask=${props.mask} beside=${props.beside} edits=${props.edits} empty=${!panes.length} />`}
      </section>
      <aside>
        ${pair ? html`<${ComparedCell} ...${given} />` : panes.some(({running}) => running) && html`<p class="waiting">${t("Running the other pane…")}</p>`}
        ${mixed && html`<p class="note">${t("Two models: a head of one is not a head of the other. Each pane has its own; at first it is the one in the same place.")}</p>`}
      </aside>
    </div>`;
}

/** Of each pane what is drawn: {trace, site, head}; null while it is not here. */
function useEnds(trace, panes, site, head) {
  const complete = (end) => (missingAt(end.trace, end.site).length ? null : end);
  return useMemo(() => [
    trace.file ? null : complete({trace, site, head, word: ""}),
    ...panes.map((pane) => pane.trace && complete({trace: pane.trace, word: pane.word, ...placeIn(pane.trace, pane.word, {trace, site, head})})),
  ], [trace, panes, site, head]);
}

/** A cell that is pointed at or chosen in any pane, as the page's one selection has it. */
function chooser({match, shown, on}) {
  const inA = ({pane, query, key}) => ({query: match.queries(pane, 0, query), key: match.keys(pane, 0, key)});
  return {
    hover: (from) => {
      const cell = from && inA(from);
      on.hover(from && {...(cell.query === null || cell.key === null ? {query: shown.query, key: shown.key} : cell), from});
    },
    pick: (from) => {
      const cell = inA(from);
      if (cell.query !== null && cell.key !== null) on.pick(cell);
      else on.apart(`${LETTERS[from.pane]}.${from.query}.${from.key}`);
    },
  };
}
