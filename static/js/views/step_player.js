/** One stage of the forward pass: where it is in the model, what is computed there on the sentence at hand, and what it means. */
import {html} from "htm/preact";
import {useLayoutEffect, useMemo, useRef} from "preact/hooks";
import {attended} from "../attended.js";
import {byRoot, keyHead} from "../attention.js";
import {count, number} from "../format.js";
import {maskOf, visible, windowOf} from "../masks.js";
import {sizesOf} from "../matrices.js";
import {fitted} from "../selection.js";
import {parts} from "../stages.js";
import {placeName, stageMeaning, stageTitle} from "../stage_words.js";
import {Architecture} from "./architecture.js";
import {Heads} from "./head_picker.js";
import {SaveMenu} from "./save_menu.js";
import {StageFigure} from "./stage_figure.js";
import {Formula} from "./stage_formula.js";
import {StageNumbers} from "./stage_numbers.js";

const READ = new Set(["tokens", "logits"]); // tables, which can be copied as they are
const OF_ONE_HEAD = new Set(["qkv", "rotate", "scores", "scale", "cap", "bias", "mask", "softmax", "sum", "out"]);

/** @param {any} props stepping: its shown state; shown: the chosen site, head and cell; hovered: another cell for the time being; scrolls: into view as it opens */
export function StepPlayer({t, trace, stepping, shown, hovered, off, weights, theme, plotly, bounded, present, scrolls, digits, saved, on}) {
  const {all, stage, drawn, waiting, problem} = stepping;
  const root = useRef(null);
  useLayoutEffect(() => { on.painted(); }, [trace, theme]);
  useLayoutEffect(() => { if (scrolls) root.current.scrollIntoView(); }, []); // opened from the end of a long page
  const row = useMemo(() => parts(all), [all]);
  const site = trace.site(stage.site), kinds = (READ.has(stage.kind) ? ["link"] : ["link", "png", "svg", "csv"]).filter((kind) => trace.saves.includes(kind));
  return html`
    <section class="step-player" ref=${root} aria-label=${t("Forward pass, stage by stage")}>
      <${Architecture} ...${{t, parts: row, stage, model: trace.model, head: shown.head}} onGo=${on.step.go} />
      <div class="stage" aria-busy=${waiting}>
        <header>
          <h2>${stageTitle(t, stage)}<small>${placeName(t, stage, site)} · ${t("stage {step} of {count}", {step: stage.step + 1, count: all.length})}</small></h2>
          ${(OF_ONE_HEAD.has(stage.kind) || "q_unrotated" in stage.tensors) && html`<${Heads} t=${t} site=${site} head=${shown.head} onHead=${on.head} />`}
          ${drawn && !waiting && kinds.length > 0 && html`<${SaveMenu} t=${t} kinds=${kinds} saved=${saved} onSave=${(kind) => on.saveStage(kind, stageTitle(t, stage))} />`}
          <button type="button" class="quiet" onClick=${on.step.close}>${t("Close")}</button>
        </header>
        ${off && html`<p class="note warning">${t("This model learned with another mask ({mask}): what you see here is off its training.", {mask: off})}</p>`}
        ${weights && !weights.finished && html`<p class="note warning">${t("Weights of step {step} of {last}, not the finished model.", weights)}</p>`}
        ${stage.lacks?.length > 0 && html`<p class="note" role="status">${t("The file lacks {names}: there is nothing to draw here. A file that headlight trace writes without --names has it.", {names: stage.lacks.join(", ")})}</p>`}
        ${problem ? html`<p class="note warning" role="alert">${problem} <button type="button" class="quiet" onClick=${on.step.again}>${t("Try again")}</button></p>`
          : waiting && html`<p class="note" role="status">${t("Loading the numbers of this stage…")}</p>`}
        ${drawn && html`<${Drawn} key="drawn" ...${{t, drawn, shown, waiting, hovered, theme, plotly, bounded, present, digits, on}} />`}
      </div>
      <aside>
        <p class="meaning">${stageMeaning(t, stage, {...facts(trace, site, shown.head), ...stage.facts})}</p>
        <${Formula} t=${t} trace=${trace} stage=${stage} site=${site} />
        ${drawn && html`<${StageNumbers} ...${{t, ...placed(drawn, shown, waiting ? null : hovered), waiting, theme, digits}} onDigits=${on.digits} onPick=${on.pick} />`}
      </aside>
    </section>`;
}

function Drawn({t, drawn, shown, waiting, hovered, theme, plotly, bounded, present, digits, on}) {
  const at = placed(drawn, shown, waiting ? null : hovered);
  return html`
    <div class="stage-figure ${waiting ? "stale" : ""}">
      <${StageFigure} ...${{t, ...at, theme, plotly, bounded, present, digits, on}} />
    </div>`;
}

/** What is drawn, with the head and the cell as they are there. */
function placed({trace, stage}, shown, hovered) {
  const cell = hovered ?? shown;
  const {site, head, query, key} = fitted(trace, {site: stage.site, head: shown.head, query: cell.query, key: cell.key});
  return {trace, stage, site, head, query, at: key, work: worked(trace, site, head)};
}

const works = new WeakMap(); // trace -> its heads, each worked once

function worked(trace, site, head) {
  if (!works.has(trace)) works.set(trace, new Map());
  const own = works.get(trace), at = `${site.name}/${head}`;
  if (!own.has(at)) own.set(at, attended(trace.head(site, head)));
  return own.get(at);
}

/** The numbers that the sentences name. */
function facts(trace, site, head) {
  const {config} = trace.model, {n_vocab, d_model, n_heads, tied = true} = config, mask = maskOf(site, head);
  const {d_head, nKeyHeads} = sizesOf(trace, site), {scale, softcap, sinks} = site;
  const [nQuery, nKey] = ["query", "key"].map((axis) => trace.along(site, axis).length);
  return {n_vocab: count(n_vocab), d_model, n_heads, tied, head, d_head, half: d_head / 2, hidden: hiddenIn(mask, nQuery, nKey), pairs: nQuery * nKey,
    scale: number(scale), byRoot: byRoot({scale, dHead: d_head}), softcap, sinks, reach: windowOf(mask), nKeyHeads, key_head: keyHead(head, site.n_heads, nKeyHeads)};
}

const counted = new Map(); // mask and size -> pairs that it hides: a long text has millions to look through

function hiddenIn(mask, nQuery, nKey) {
  const at = JSON.stringify([mask, nQuery, nKey]);
  if (!counted.has(at)) {
    const sees = visible(mask);
    let hidden = 0;
    for (let query = 0; query < nQuery; query++) for (let key = 0; key < nKey; key++) hidden += sees(query, key) ? 0 : 1;
    counted.set(at, hidden);
  }
  return counted.get(at);
}
