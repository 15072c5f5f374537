/** Editing: the heads at the left, what the edits changed in the middle, which heads matter at the right. */
import {html} from "htm/preact";
import {useMemo, useState} from "preact/hooks";
import {predictedAt, streamChanges} from "../downstream.js";
import {beneath, paintedWord} from "../edited_mask.js";
import {language} from "../labels.js";
import {headName, siteName} from "../names.js";
import {BothPredictions} from "./both_predictions.js";
import {ChangedPatterns} from "./changed_patterns.js";
import {Choice} from "./choice.js";
import {EditList} from "./edit_menu.js";
import {HeadGrid} from "./head_grid.js";
import {Importance} from "./importance.js";
import {MaskPainter} from "./mask_painter.js";
import {Predictions} from "./predictions.js";
import {StreamMap} from "./stream_map.js";
import {known} from "../kinds.js";
import {Thumbnail} from "./thumbnail.js";
import {WeightsEditor} from "./weights_editor.js";

/** @param {any} props editing: the edits, the runs with them and without, as editing.js has them */
export function Edit(props) {
  const {t, lang, page: {kinds}, trace, shown, kind, sort, shows, theme, weights, editing, importance, on} = props, {site, head} = shown;
  const {edits, before, after, arrived, changes: {found: changes, all}} = editing, compared = before !== null && edits.length > 0;
  const [captions, setCaptions] = useState("change");
  const changeOf = useMemo(() => (compared && captions === "change" ? new Map(changes.map((one) => [`${one.site.name}/${one.head}`, one.size])) : null), [changes, captions]);
  const at = predictedAt(after, shown);
  const grid = useMemo(() => html`<${HeadGrid} ...${{t, lang, trace, site, head, theme, kinds, kind, sort}} here=${known(trace)} sink=${shows.sink} changes=${changeOf}
    onPick=${on.head} onKind=${on.kind} onSort=${on.sort} onPainted=${on.painted} />`, [t, lang, trace, site, head, theme, kinds, kind, sort, shows.sink, changeOf, known(trace)]);
  return html`
    <div class="panes editing">
      <div class="heads-of-edit">
        ${compared && html`<${Choice} legend=${t("Below each head")} value=${captions} onChoose=${setCaptions} options=${[["change", t("largest change")], ["kind", t("its kind")]]} />`}
        ${grid}
      </div>
      <section class="downstream" aria-label=${t("What the edits changed")}>
        <div class="about-head">
          <div><h2>${siteName(t, site)}<small>${headName(t, site, head)}</small></h2>
            <${EditList} ...${{t, site, head, edits}} onEdits=${on.edit.apply} painting=${editing.painting !== ""} onPaint=${() => on.edit.painting(editing.painting ? "" : "head")} /></div>
          <${Pair} ...${{t, compared, before, after, site, head, theme}} />
        </div>
        ${editing.painting && (before || !edits.length) && html`<${Painter} ...${{t, editing, shown, on}} />`}
        ${editing.weights && html`<${Weights} ...${{t, lang, editing, trace: after, site, onEdits: on.edit.put}} />`}
        ${!edits.length ? html`<p class="note">${t("Nothing is edited. Choose a head, then what to do with it, or swap a token; what changes downstream is shown here.")}</p>`
          : !before ? html`<p class="note" role="status">${t("Running the model without the edits, to compare…")}</p>`
            : html`<${Changed} ...${{t, before, after, arrived, shown, at, theme, changes, all, on}} />`}
      </section>
      <aside>
        ${!compared && html`<${Predictions} t=${t} kind=${after.model.kind} tokens=${after.tokens[after.predicted]} position=${at} weights=${weights} predictions=${after.predictions[at]} />`}
        ${after.predictions.length ? html`<${Importance} ...${{t, position: at, predictions: after.predictions[at], edits, on}} trace=${after} found=${importance} chosen=${{site, head}} />`
          : html`<p class="note">${t("This model has no prediction head: what an edit changes is seen in the stream and in later heads alone.")}</p>`}
      </aside>
    </div>`;
}

/** The model's matrices, as the edits that are run, or are about to be, leave them. */
const Weights = ({t, lang, editing: {weights, put, edits}, trace, site, onEdits}) => html`
  <${WeightsEditor} ...${{t, weights, onEdits}} edits=${put ?? edits} features=${weights.features[lang]} words=${weights.words[language(trace.request.text) === "en" ? "en" : "zh"]}
    n=${trace.along(site, "query").length} nHeads=${site.n_heads} />`;

/** The mask of the chosen head, or of its whole attention, painted on what it has with all other edits. */
function Painter({t, editing: {edits, before, after, painting, stroke}, shown: {site, head: chosen, query, key}, on}) {
  const head = painting === "head" ? chosen : null, waits = stroke?.site === site.name && stroke.head === head;
  const native = useMemo(() => beneath((before ?? after).site(site.name), head, edits), [before, after, site.name, head]);
  return html`
    <div class="painter-of-edit">
      <${Choice} legend=${t("Whose mask")} value=${painting} onChoose=${on.edit.painting} options=${[["head", t("this head")], ["site", t("all heads of this attention")]]} />
      <${MaskPainter} key=${`${site.name}/${head}`} ...${{t, native}} mask=${waits ? stroke.word : paintedWord(edits, site, head)} queries=${after.along(site, "query")} keys=${after.along(site, "key")}
        cell=${{query, key}} onCell=${on.pick} onPaint=${(word) => on.edit.paint(site, head, word)} onClose=${() => on.edit.painting("")} />
    </div>`;
}

/** The chosen head's pattern without the edits and with them. */
function Pair({t, compared, before, after, site, head, theme}) {
  const pictures = compared && before.site(site.name) ? [[t("without"), before], [t("with the edits"), after]] : [["", after]];
  return html`
    <div class="pair">${pictures.map(([name, trace]) => html`
      <figure><${Thumbnail} trace=${trace} site=${trace.site(site.name)} head=${head} theme=${theme} from=${0} /><figcaption>${name}</figcaption></figure>`)}</div>`;
}

function Changed({t, before, after, arrived, shown, at, theme, changes, all, on}) {
  const {site} = shown, rows = useMemo(() => streamChanges(before, after), [before, after, arrived]);
  const sides = Object.keys(after.tokens).filter((side) => rows.some((row) => row.side === side));
  const title = (side) => (sides.length === 1 ? t("The residual stream after each block") : side === "source" ? t("The residual stream of the source") : t("The residual stream of the target"));
  return html`
    ${before.predictions.length > 0 && html`<${BothPredictions} t=${t} kind=${after.model.kind} token=${after.tokens[after.predicted][at]} was=${before.predictions[at]} is=${after.predictions[at]} />`}
    ${sides.length === 0 && html`<p class="note" role="status">${t("Loading…")}</p>`}
    ${sides.map((side) => html`
      <${StreamMap} key=${side} ...${{t, theme}} title=${title(side)} rows=${rows.filter((row) => row.side === side)} tokens=${after.tokens[side]}
        chosen=${site.query === side ? shown.query : site.key === side ? shown.key : at} onPick=${(i) => (site.query === side ? on.query(i) : site.key === side && on.key(i))} />`)}
    <${ChangedPatterns} ...${{t, changes, all}} trace=${after} chosen=${shown} onPick=${({site: to, head, query, key}) => { on.head(to.name, head); on.pick({query, key}); }} />`;
}
