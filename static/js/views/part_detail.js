/** One part of a model: what it makes of the sentence at hand, its formula, the shapes that go in and come out, and its parameters. */
import {html} from "htm/preact";
import {useMemo} from "preact/hooks";
import {attended} from "../attended.js";
import {count, percent} from "../format.js";
import {matrixOf, scaleOf} from "../matrices.js";
import {lengthsOf, needed, parametersOf, placeOf, shapeOf, shapeText, shownBy, siteAt} from "../structure.js";
import {partMeaning, partPlace, partTitle} from "../structure_words.js";
import {Heads} from "./head_picker.js";
import {Matrix} from "./matrix.js";
import {Equation} from "./sideways.js";
import {StageFigure} from "./stage_figure.js";

const STAGES = {tokens: "tokens", unembed: "logits", scores: "scale", pattern: "softmax", heads: "softmax"}; // drawn as the step player does

/** @param {any} props trace: null while it is on its way; glossary: by name; head, query, key: what is chosen; stage: of the step player that shows the same, or null */
export function PartDetail(props) {
  const {t, lang, plan, part, trace, glossary, head, waiting, problem, stage, on} = props;
  const place = placeOf(plan, part), made = part.makes[0], entry = made && glossary?.[made.split(".").at(-1)];
  const site = trace && siteAt(plan, trace, part.id), ready = trace && needed(plan, trace, part).every((name) => name in trace.tensors);
  const heads = ready && (part.makes.some((name) => plan.tensors[name]?.includes("head") || plan.tensors[name]?.includes("kv_head")));
  const said = partMeaning(t, part, {crosses: place.sublayer === "cross_attn"});
  return html`
    <div class="part-detail">
      <header>
        <h2>${partTitle(t, part, place.block === null)} <small>${partPlace(t, place)}</small></h2>
        ${heads && html`<${Heads} ...${{t, site}} head=${Math.min(head, site.n_heads - 1)} onHead=${on.head} />`}
        ${stage && html`<button type="button" class="quiet" onClick=${() => on.step.go(stage.step)}>${t("Step by step")}</button>`}
      </header>
      <p class="meaning">${said} ${entry && (lang === "zh" ? entry.zh : entry.en)}</p>
      ${entry?.formula && html`<${Equation} class="glossary-formula" lang="en"><code>${`${made.split(".").at(-1)} = ${entry.formula}`}</code><//>`}
      ${part.kind !== "other" && html`<${Shapes} ...${{t, plan, part, trace}} />`}
      ${problem ? html`<p class="note warning" role="alert">${problem} <button type="button" class="quiet" onClick=${on.again}>${t("Try again")}</button></p>`
        : !ready && html`<p class="note" role="status">${t("Loading…")}</p>`}
      ${ready && html`<div class="part-figure ${waiting ? "stale" : ""}"><${Drawn} ...${props} site=${site} head=${Math.min(head, site.n_heads - 1)} /></div>`}
      <${Own} ...${{t, plan, part, onPart: on.part}} />
    </div>`;
}

function Shapes({t, plan, part, trace}) {
  const lengths = lengthsOf(trace), shape = (name) => `[${shapeText(shapeOf(plan, name, lengths))}]`, tokens = lengths[plan.tensors[`${part.id.split(".")[0]}.embed`]?.[0]] ?? "n";
  const reads = part.reads.length ? part.reads.map((name) => `${name.split(".").at(-1)} ${shape(name)}`).join(part.kind === "add" ? " + " : ", ") : part.kind === "tokens" ? t("text") : part.kind === "enter" ? `[${tokens} × ${plan.config.stacks[part.id.split(".")[0]].d_embed}]` : `[${tokens}]`;
  const makes = part.kind === "tokens" ? `[${tokens}]` : part.makes.map((name) => `${name.split(".").at(-1)} ${shape(name)}`).join(", ");
  return html`<p class="shapes"><span class="caption">${t("shapes")}</span> <code>${`${reads} → ${makes}`}</code></p>`;
}

function Drawn(props) {
  return props.part.kind in STAGES ? html`<${Staged} ...${props} />` : html`<${Tensors} ...${props} />`;
}

/** Patterns, tokens and predictions as the step player shows them. */
function Staged({t, trace, plan, part, site, head, query, key_, theme, plotly, present, digits, on}) {
  const kind = STAGES[part.kind], [side] = part.kind === "tokens" ? plan.tensors[part.id.replace(/tokens$/, "embed")] : plan.tensors[part.makes[0]].filter((axis) => axis in trace.tokens);
  const attends = !["tokens", "logits"].includes(kind), work = useMemo(() => attends && attended(trace.head(site, head)), [trace, site, head, attends]);
  const [rows, columns] = ["query", "key"].map((axis) => trace.along(site, axis).length);
  return html`<${StageFigure} ...${{t, theme, plotly, present, digits, trace, site, head, work}} bounded=${false} stage=${{kind, id: part.id, side, tensors: {}}}
    query=${Math.min(query, attends ? rows - 1 : trace.tokens[side].length - 1)} at=${Math.min(key_, columns - 1)} on=${on} />`;
}

/** Everything else: a row for every token. */
function Tensors({t, trace, plan, part, site, head, query, key_, theme, digits, on}) {
  const all = useMemo(() => shownBy(part).map(({title, name}) => ({title, name, axes: plan.tensors[name], matrix: matrixOf(trace, name, {head, nHeads: site.n_heads})})), [trace, part.id, head]);
  const shared = ["add", "block", "rotate"].includes(part.kind) && scaleOf(...all.map(({matrix}) => matrix));
  return html`<div class="matrices-of-stage">${all.map(({title, name, axes, matrix}) => {
    const side = axes.find((axis) => axis in trace.tokens), keyed = /\.(k|v|k_unrotated)$/.test(name), tokens = trace.tokens[side];
    return html`<${Matrix} key=${name} ...${{t, theme, digits, title, matrix, tokens}} bounded=${false} role=${{q: "query", k: "key", v: "value"}[title[0]] && /^[qkv](_|$)/.test(title) ? {q: "query", k: "key", v: "value"}[title[0]] : ""}
      mark=${keyed ? "key" : "query"} chosen=${Math.min(keyed ? key_ : query, tokens.length - 1)} scale=${shared || scaleOf(matrix)} onPick=${(row) => on.pick({[keyed ? "key" : "query"]: row})} />`;
  })}</div>`;
}

function Own({t, plan, part, onPart}) {
  const all = parametersOf(plan, part), own = all.filter((one) => one.own).reduce((sum, one) => sum + one.count, 0);
  if (!all.length) return html`<p class="note">${t("No parameters: it only computes.")}</p>`;
  return html`
    <table class="own-parameters"><caption>${t("Its parameters: {count}, {share} of the model", {count: count(own), share: percent(own / plan.total)})}</caption>
      <thead><tr><th scope="col">${t("name")}</th><th scope="col">${t("shape")}</th><th scope="col">${t("parameters")}</th></tr></thead>
      <tbody>${all.map((one) => html`
        <tr><th scope="row"><code>${one.name}</code></th><td>${shapeText(one.shape)}</td><td>${one.own ? count(one.count)
          : html`<button type="button" class="quiet" onClick=${() => onPart(one.part)}>${/embed$/.test(one.part) ? t("counted at the embedding") : t("counted at another part")}</button>`}</td></tr>`)}</tbody></table>`;
}
