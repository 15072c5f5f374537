/** The page: the sentence across the top, the heads at the left, the chosen head in the middle, the worked cell at the right. */
import {html} from "htm/preact";
import {ACTS} from "../acts.js";
import {kindOf, swapped} from "../edits.js";
import {count} from "../format.js";
import {offTraining} from "../off_training.js";
import {begunAt} from "../spread.js";
import {Acts} from "./acts.js";
import {Compare} from "./compare.js";
import {Edit} from "./edit.js";
import {EditChips} from "./edit_chips.js";
import {Fill} from "./fill.js";
import {Look} from "./look.js";
import {DropZone, OpenedFile} from "./opened_file.js";
import {SentenceBar} from "./sentence_bar.js";
import {SkipLinks} from "./skip_links.js";
import {StepPlayer} from "./step_player.js";
import {StepStrip} from "./step_strip.js";
import {SwapMenu} from "./swap_menu.js";
import {TokenRow} from "./token_row.js";
import {Tour} from "./tour.js";
import {Structure} from "./structure.js";
import {Training} from "./training.js";
import {Write} from "./write.js";

export function Workbench(props) {
  const {t, lang, page, models, others, model, mask, draft, refusal, reading, busy, trace, examples, tour, on} = props;
  const checkpoints = trace ? checkpointsOf(trace, models) : [];
  return html`
    ${trace && html`<${SkipLinks} t=${t} act=${props.act} stepping=${props.stepping.stage !== null} onSkip=${on.skip} />`}
    <${Banner} ...${props} />
    <main aria-busy=${busy} data-tour=${tour}>
      <${SentenceBar} ...${{t, lang, models, others, model, mask, refusal, reading, busy, examples, on}} text=${draft.text} look=${props.act === "look" && trace && !trace.file && !props.editing.edits.length && claimed(trace, page.examples)}
        target=${draft.target} limit=${page.limits.characters} />
      ${checkpoints.length > 1 && html`
        <${Training} ...${props} ...${{checkpoints, stale: trace.model.id !== model}} step=${props.checkpoint ?? checkpoints.at(-1)} />`}
      ${trace && props.shown && html`<${EditChips} ...${{t, on}} editing=${props.editing} shown=${props.shown} />`}
      ${trace ? html`<${Figures} ...${props} />`
        : html`<p class="waiting">${refusal ? t("Nothing to show yet.") : t("Running the model on the first example…")}</p>`}
    </main>
    ${props.dropping && html`<${DropZone} t=${t} />`}
    ${tour !== null && html`<${Tour} t=${t} step=${tour} onStep=${on.tour} />`}`;
}

function Banner({t, lang, theme, page, act, model, models, present, on}) {
  const other = lang === "zh" ? {code: "en", name: "English"} : {code: "zh", name: "中文"};
  return html`
    <header class="banner">
      <h1>Headlight <span lang="zh-CN">头灯</span></h1>
      <p class="promise">${t("Every number is the model's own, and can be checked.")}</p>
      ${ACTS.length > 1 && html`<${Acts} ...${{t, act, on}} kind=${models.find((m) => m.id === model)?.kind} />`}
      <nav>
        <span class="device">${page.device.threads > 1 ? t("runs on {name}, {threads} threads", page.device)
          : t("runs on {name}", page.device)}</span>
        <button type="button" class="quiet" aria-pressed=${present} onClick=${() => on.present(!present)}>${t("Present")}</button>
        <button type="button" class="quiet again" onClick=${() => on.tour(0)}>${t("Tour")}</button>
        <a href=${`/lessons?lang=${lang}${present ? "&present=on" : ""}`}>${t("Lessons")}</a>
        <a href=${`/docs?lang=${lang}`}>API</a>
        <button type="button" class="quiet" lang=${other.code === "zh" ? "zh-CN" : "en"}
          onClick=${() => on.lang(other.code)}>${other.name}</button>
        <button type="button" class="quiet" onClick=${() => on.theme(theme === "dark" ? "light" : "dark")}>
          ${theme === "dark" ? t("Light") : t("Dark")}</button>
      </nav>
    </header>`;
}

/** Why an act has nothing to show of this model. */
const Unavailable = ({t, act}) => html`<p class="note">${act === "edit"
  ? t("This model's family hands out its attention weights alone: nothing can be edited inside it.")
  : t("This model has no prediction head: it says nothing of the next or the hidden token.")}</p>`;

const ACT = {look: Look, compare: Compare, edit: Edit, write: Write, structure: Structure};

/** What an act shows; a file can only be looked at, and an encoder writes nothing but what is hidden. */
function viewOf(act, trace) {
  if (trace.file) return Look;
  if (act === "edit" && trace.alone) return Unavailable;
  if (act === "write" && !trace.predictions.length) return Unavailable;
  return act === "write" && trace.model.kind === "encoder" ? Fill : ACT[act];
}

function Figures(props) {
  const {t, trace, act, shown, hovered, theme, digits, plotly, saved, bounded, busy, models, stepping, present, on} = props;
  const {site} = shown, cell = hovered ?? {query: shown.query, key: shown.key};
  const off = offTraining(t, trace, models), weights = weightsOf(trace, models);
  const queries = trace.along(site, "query"), keys = trace.along(site, "key");
  return html`
    <section class="figures ${busy ? "stale" : ""}" tabindex="-1" aria-label=${t("What the model computes")}>
      ${trace.file && html`<${OpenedFile} t=${t} trace=${trace} onClose=${on.close} />`}
      ${trace.file && act !== "look" && html`<p class="note warning">${t("A file holds no model that could be run: it can only be looked at. Close it to go on with what is chosen above.")}</p>`}
      <${TokenRow} t=${t} title=${tokensName(t, trace, site)} tokens=${queries}
        written=${act === "write" ? begunAt(trace) : null} query=${cell.query} key_=${site.query === site.key ? cell.key : null} pick=${t("query")} onPick=${on.query}
        behind=${!trace.file && !trace.alone && html`<${Swap} ...${props} side=${site.query} position=${shown.query} />`} />
      ${site.query !== site.key && html`
        <${TokenRow} t=${t} title=${trace.size ? t("Keys") : t("Source tokens")} tokens=${keys} query=${null} key_=${cell.key} pick=${t("key")}
          onPick=${on.key} behind=${!trace.file && !trace.alone && html`<${Swap} ...${props} side=${site.key} position=${shown.key} />`} />`}
      ${stepping.stage ? html`<${StepPlayer} ...${{t, trace, stepping, shown, hovered, off, weights, theme, plotly, bounded, present, digits, saved, on}} scrolls=${!bounded} />`
        : html`<${viewOf(act, trace)} ...${props} ...${{cell, off, weights}} />`}
      ${(act === "look" || trace.file) && stepping.all.length > 0 && html`<${StepStrip} ...${{t, stepping, site}} on=${on.step} />`}
    </section>`;
}

function Swap({t, trace, editing: {edits, before}, vocabulary, side, position, on}) {
  const expects = side !== trace.predicted ? [] : trace.predictions[trace.model.kind === "encoder" ? position : position - 1] ?? [];
  const here = edits.some((edit) => kindOf(edit) === "swap" && edit.side === side && edit.swap === position);
  return html`<${SwapMenu} key=${`${side}/${position}`} ...${{t, side, position, vocabulary}} token=${trace.tokens[side][position]} encoder=${trace.model.kind === "encoder"} candidates=${expects}
    swapped=${here} original=${(here && before?.tokens[side][position]) || null} onOpen=${on.vocabulary} onSwap=${(token) => on.edit.apply(swapped(edits, {swap: position, side, token}))} />`;
}

function tokensName(t, trace, site) {
  if (site.query === site.key && trace.model.kind !== "encoder-decoder") return t("Tokens");
  if (trace.size) return t("Queries");
  return site.query === "target" ? t("Target tokens") : t("Source tokens");
}

/** No model made a file's weights, whatever the file is called. */
const modelOf = (trace, models) => (trace.file ? undefined : models.find((m) => m.id === trace.model.id));

const checkpointsOf = (trace, models) => modelOf(trace, models)?.checkpoints ?? [];

/** Which of a model's weights are shown; null where there are none but the finished ones. */
function weightsOf(trace, models) {
  const last = checkpointsOf(trace, models).at(-1), {checkpoint} = trace.request;
  return last === undefined ? null : {finished: checkpoint === null, step: count(checkpoint ?? last), last: count(last)};
}

/** The example that is shown, as its model was trained to read it: only then is what it says true. */
function claimed({model, request}, examples) {
  return request.mask === "native" && request.checkpoint === null
    && examples.find((x) => x.model === model.id && x.text === request.text && (x.target ?? null) === request.target);
}
