/** The formula of a stage, and the shapes that go in and come out. */
import {html} from "htm/preact";
import {byRoot} from "../attention.js";
import {number} from "../format.js";
import {sizesOf} from "../matrices.js";
import {Equation} from "./sideways.js";

const q = html`<mi class="of-query">q</mi>`, k = html`<mi class="of-key">k</mi>`, v = html`<mi class="of-value">v</mi>`;
const weight = (name) => html`<msub><mi>W</mi><mi>${name}</mi></msub>`;
const eq = html`<mo>=</mo>`;

/** What is added: a tensor by its name, or the norm of one. */
function term(name) {
  const [, made] = name.match(/\.norm_(\w+)\.normalized$/) ?? [];
  return made ? html`<mi>norm</mi><mo>(</mo><mi>${made}</mi><mo>)</mo>` : html`<mi>${name.split(".").at(-1)}</mi>`;
}

export function Formula({t, trace, stage, site}) {
  const {math, shapes} = of(t, trace, stage, site);
  return html`
    <${Equation} class="stage-formula" lang="en"><math display="block"><mrow>${math}</mrow></math><//>
    <p class="shapes"><span class="caption">${t("shapes")}</span> <code>${shapes}</code></p>`;
}

function of(t, trace, {kind, side, tensors, real, after, facts}, site) {
  const {n_vocab, tied = true} = trace.model.config, {n_heads} = site, {d_model = trace.model.config.d_model, d_mlp, activation = "", normalizes} = facts, n = trace.tokens[side].length;
  const nKey = trace.along(site, "key").length, {d_head: d, nKeyHeads} = sizesOf(trace, site);
  const stream = `[${n} × ${d_model}]`, keys = `[${nKeyHeads} × ${nKey} × ${d}]`, heads = `[${n_heads} × ${n} × ${d}]`, pattern = `[${n_heads} × ${n} × ${nKey}]`;
  const root = html`<msqrt><mn>${d}</mn></msqrt>`, score = html`<msub><mi>s</mi><mrow><mi>i</mi><mi>j</mi></mrow></msub>`;
  const product = html`<msub>${q}<mi>i</mi></msub><mo>·</mo><msub>${k}<mi>j</mi></msub>`, same = `${pattern} → ${pattern}`;
  const y = html`<mi>${"normalized" in tensors ? "y" : "x"}</mi>`; // what is read: normalized, or as it is
  const x = html`<mi>${kind === "between" ? tensors.x.split(".").at(-1) : "x"}</mi>`; // what is normalized
  const norm = normalizes !== "layer" ? {
    math: normalizes === "rms" ? html`<mi>y</mi>${eq}<mfrac>${x}<msqrt><mrow><mi>mean</mi><mo>(</mo><msup>${x}<mn>2</mn></msup><mo>)</mo><mo>+</mo><mi>ε</mi></mrow></msqrt></mfrac><mo>·</mo><mi>γ</mi>`
      : html`<mi>y</mi>${eq}<mi>norm</mi><mo>(</mo>${x}<mo>)</mo>`,
    shapes: `${stream} → ${stream}`,
  } : {
    math: html`<mi>y</mi>${eq}<mfrac><mrow>${x}<mo>−</mo><mi>μ</mi></mrow><msqrt><mrow><msup><mi>σ</mi><mn>2</mn></msup><mo>+</mo><mi>ε</mi></mrow></msqrt></mfrac>
      <mo>·</mo><mi>γ</mi><mo>+</mo><mi>β</mi>`,
    shapes: `${stream} → ${stream}`,
  };
  const terms = html`<mi>x</mi>${[tensors.adds, tensors.also].filter(Boolean).map((name) => html`<mo>+</mo>${term(name)}`)}`;
  const add = {math: html`<msup><mi>x</mi><mo>′</mo></msup>${eq}${after ? html`<mi>norm</mi><mo>(</mo>${terms}<mo>)</mo>` : terms}`, shapes: `${stream} + ${stream}${"also" in tensors ? ` + ${stream}` : ""} → ${stream}`};
  const rotate = real ? {
    math: html`${q}${eq}<mi>R</mi><mo>(</mo><mi>i</mi><mo>)</mo><mo>·</mo><msub>${q}<mi>unrotated</mi></msub>`,
    shapes: `${heads} → ${heads}`,
  } : {
    math: html`${q}${eq}<mi>R</mi><mo>(</mo><mi>i</mi><mo>)</mo><mo>·</mo><msub>${q}<mi>unrotated</mi></msub><mo>,</mo><mspace width="0.5em" />
      <msub><mi>θ</mi><mi>m</mi></msub>${eq}<mi>i</mi><mo>·</mo><msup><mn>10000</mn><mrow><mo>−</mo><mi>m</mi><mo>/</mo><mn>${d / 2}</mn></mrow></msup>`,
    shapes: `${heads} → ${heads}`,
  };
  return {
    tokens: {math: html`<mi>text</mi><mo>→</mo><mo>(</mo><msub><mi>t</mi><mn>0</mn></msub><mo>,</mo><mo>…</mo><mo>,</mo><msub><mi>t</mi><mn>${n - 1}</mn></msub><mo>)</mo>`, shapes: `[${n}]`},
    embed: {math: html`<msub><mi>x</mi><mi>i</mi></msub>${eq}${weight("E")}<mo>[</mo><msub><mi>t</mi><mi>i</mi></msub><mo>]</mo>`, shapes: `[${n}] → ${tensors.embed?.endsWith(".narrow_embed") ? `[${n} × ${facts.d_embed}]` : stream}`},
    enter: {math: html`<msub><mi>x</mi><mi>i</mi></msub>${eq}<mi>begin</mi><mo>(</mo><msub><mi>t</mi><mi>i</mi></msub><mo>,</mo><mi>i</mi><mo>)</mo>`, shapes: `[${n}] → ${stream}`},
    position: "adds" in tensors ? add : rotate,
    norm, between: norm, memory: real ? {math: html`<mi>memory</mi>${eq}<mi>end</mi><mo>(</mo><mi>x</mi><mo>)</mo>`, shapes: `${stream} → ${stream}`} : norm, final: norm, rotate, add,
    qkv: {
      math: real ? html`<msub>${q}<mi>i</mi></msub><mo>,</mo><mspace width="0.5em" /><msub>${k}<mi>j</mi></msub><mo>,</mo><mspace width="0.5em" /><msub>${v}<mi>j</mi></msub>` : "memory" in tensors ? html`${q}${eq}${y}${weight("Q")}<mo>,</mo><mspace width="0.5em" />${k}${eq}<mi>memory</mi>${weight("K")}<mo>,</mo><mspace width="0.5em" />${v}${eq}<mi>memory</mi>${weight("V")}`
        : html`${q}${eq}${y}${weight("Q")}<mo>,</mo><mspace width="0.5em" />${k}${eq}${y}${weight("K")}<mo>,</mo><mspace width="0.5em" />${v}${eq}${y}${weight("V")}`,
      shapes: `q: ${stream} → ${heads}\nk, v: [${nKey} × ${d_model}] → ${keys}`,
    },
    scores: {math: product, shapes: `${heads} · ${keys}ᵀ → ${pattern}`},
    scale: {math: byRoot({scale: site.scale, dHead: d}) ? html`${score}${eq}<mfrac><mrow>${product}</mrow>${root}</mfrac>` : html`${score}${eq}<mn>${number(site.scale)}</mn><mo>·</mo><mo>(</mo>${product}<mo>)</mo>`, shapes: same},
    cap: {math: html`${score}<mo>←</mo><mn>${site.softcap}</mn><mo>·</mo><mi>tanh</mi><mo>(</mo><mfrac>${score}<mn>${site.softcap}</mn></mfrac><mo>)</mo>`, shapes: same},
    bias: {math: html`${score}<mo>←</mo>${score}<mo>+</mo><msub><mi>b</mi><mrow><mi>j</mi><mo>−</mo><mi>i</mi></mrow></msub>`, shapes: same},
    mask: {math: html`${score}<mo>←</mo><mo>−</mo><mi>∞</mi><mspace width="0.5em" /><mtext>${t("where hidden")}</mtext>`, shapes: same},
    softmax: {
      math: html`<msub><mi>w</mi><mrow><mi>i</mi><mi>j</mi></mrow></msub>${eq}<mfrac><msup><mi>e</mi>${score}</msup><mrow><munder><mo>∑</mo><mi>m</mi></munder><msup><mi>e</mi><msub><mi>s</mi><mrow><mi>i</mi><mi>m</mi></mrow></msub></msup>${site.sinks && html`<mo>+</mo><msup><mi>e</mi><mtext>${t("sink")}</mtext></msup>`}</mrow></mfrac>`,
      shapes: same,
    },
    sum: {math: html`<msub><mi>z</mi><mi>i</mi></msub>${eq}<munder><mo>∑</mo><mi>j</mi></munder><msub><mi>w</mi><mrow><mi>i</mi><mi>j</mi></mrow></msub><msub>${v}<mi>j</mi></msub>`,
      shapes: `${pattern} · ${keys} → ${heads}`},
    out: {math: html`<mi>${tensors.out?.split(".").at(-1)}</mi>${eq}<mo>[</mo><msub><mi>z</mi><mn>0</mn></msub>${n_heads > 1 && html`<mo>;</mo>${n_heads > 2 && html`<mo>…</mo><mo>;</mo>`}<msub><mi>z</mi><mn>${n_heads - 1}</mn></msub>`}<mo>]</mo>${weight("O")}`,
      shapes: `${heads} → [${n} × ${n_heads * d}] → ${stream}`},
    leave: {math: html`<msup><mi>x</mi><mo>′</mo></msup>${eq}<mi>block</mi><mo>(</mo><mi>x</mi><mo>)</mo>`, shapes: `${stream} → ${stream}`},
    mlp: !("post" in tensors) ? {math: html`<mi>mlp_out</mi>${eq}<mi>MLP</mi><mo>(</mo>${y}<mo>)</mo>`, shapes: `${stream} → ${stream}`} : {math: html`<mi>mlp_out</mi>${eq}<mi>${activation || "act"}</mi><mo>(</mo>${y}${weight("in")}<mo>)</mo><mo>·</mo>${weight("out")}`, shapes: `${stream} → [${n} × ${d_mlp}] → [${n} × ${d_mlp}] → ${stream}`},
    logits: {math: html`<mi>p</mi>${eq}<mi>softmax</mi><mo>(</mo>${real ? html`<mi>logits</mi>` : html`${y}${tied ? html`<msup>${weight("E")}<mi>T</mi></msup>` : weight("U")}`}<mo>)</mo>`, shapes: `${stream} → [${n} × ${n_vocab}]`},
  }[kind];
}
