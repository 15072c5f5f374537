/** The formula of a stage, and the shapes that go in and come out. */
import {html} from "htm/preact";
import {Equation} from "./sideways.js";

const q = html`<mi class="of-query">q</mi>`, k = html`<mi class="of-key">k</mi>`, v = html`<mi class="of-value">v</mi>`;
const weight = (name) => html`<msub><mi>W</mi><mi>${name}</mi></msub>`;
const eq = html`<mo>=</mo>`;

export function Formula({t, trace, stage, site}) {
  const {math, shapes} = of(t, trace, stage, site);
  return html`
    <${Equation} class="stage-formula" lang="en"><math display="block"><mrow>${math}</mrow></math><//>
    <p class="shapes"><span class="caption">${t("shapes")}</span> <code>${shapes}</code></p>`;
}

function of(t, trace, {kind, side, tensors}, site) {
  const {d_model, d_mlp, n_vocab, n_heads} = trace.model.config, n = trace.tokens[side].length;
  const nKey = trace.along(site, "key").length, d = d_model / n_heads;
  const stream = `[${n} × ${d_model}]`, heads = `[${n_heads} × ${n} × ${d}]`, pattern = `[${n_heads} × ${n} × ${nKey}]`;
  const root = html`<msqrt><mn>${d}</mn></msqrt>`, score = html`<msub><mi>s</mi><mrow><mi>i</mi><mi>j</mi></mrow></msub>`;
  const norm = {
    math: html`<mi>y</mi>${eq}<mfrac><mrow><mi>x</mi><mo>−</mo><mi>μ</mi></mrow><msqrt><mrow><msup><mi>σ</mi><mn>2</mn></msup><mo>+</mo><mi>ε</mi></mrow></msqrt></mfrac>
      <mo>·</mo><mi>γ</mi><mo>+</mo><mi>β</mi>`,
    shapes: `${stream} → ${stream}`,
  };
  const add = {math: html`<msup><mi>x</mi><mo>′</mo></msup>${eq}<mi>x</mi><mo>+</mo><mi>${tensors.adds?.split(".").at(-1)}</mi>`, shapes: `${stream} + ${stream} → ${stream}`};
  const rotate = {
    math: html`${q}${eq}<mi>R</mi><mo>(</mo><mi>i</mi><mo>)</mo><mo>·</mo><msub>${q}<mi>unrotated</mi></msub><mo>,</mo><mspace width="0.5em" />
      <msub><mi>θ</mi><mi>m</mi></msub>${eq}<mi>i</mi><mo>·</mo><msup><mn>10000</mn><mrow><mo>−</mo><mi>m</mi><mo>/</mo><mn>${d / 2}</mn></mrow></msup>`,
    shapes: `${heads} → ${heads}`,
  };
  return {
    tokens: {math: html`<mi>text</mi><mo>→</mo><mo>(</mo><msub><mi>t</mi><mn>0</mn></msub><mo>,</mo><mo>…</mo><mo>,</mo><msub><mi>t</mi><mn>${n - 1}</mn></msub><mo>)</mo>`, shapes: `[${n}]`},
    embed: {math: html`<msub><mi>x</mi><mi>i</mi></msub>${eq}${weight("E")}<mo>[</mo><msub><mi>t</mi><mi>i</mi></msub><mo>]</mo>`, shapes: `[${n}] → ${stream}`},
    position: "adds" in tensors ? add : rotate,
    norm, memory: norm, final: norm, rotate, add,
    qkv: {
      math: "memory" in tensors ? html`${q}${eq}${weight("Q")}<mi>y</mi><mo>,</mo><mspace width="0.5em" />${k}${eq}${weight("K")}<mi>memory</mi><mo>,</mo><mspace width="0.5em" />${v}${eq}${weight("V")}<mi>memory</mi>`
        : html`${q}${eq}${weight("Q")}<mi>y</mi><mo>,</mo><mspace width="0.5em" />${k}${eq}${weight("K")}<mi>y</mi><mo>,</mo><mspace width="0.5em" />${v}${eq}${weight("V")}<mi>y</mi>`,
      shapes: `q: ${stream} → ${heads}\nk, v: [${nKey} × ${d_model}] → [${n_heads} × ${nKey} × ${d}]`,
    },
    scores: {math: html`<msub>${q}<mi>i</mi></msub><mo>·</mo><msub>${k}<mi>j</mi></msub>`, shapes: `${heads} · [${n_heads} × ${nKey} × ${d}]ᵀ → ${pattern}`},
    scale: {math: html`${score}${eq}<mfrac><mrow><msub>${q}<mi>i</mi></msub><mo>·</mo><msub>${k}<mi>j</mi></msub></mrow>${root}</mfrac>`, shapes: `${pattern} → ${pattern}`},
    mask: {math: html`${score}<mo>←</mo><mo>−</mo><mi>∞</mi><mspace width="0.5em" /><mtext>${t("where hidden")}</mtext>`, shapes: `${pattern} → ${pattern}`},
    softmax: {
      math: html`<msub><mi>w</mi><mrow><mi>i</mi><mi>j</mi></mrow></msub>${eq}<mfrac><msup><mi>e</mi>${score}</msup><mrow><munder><mo>∑</mo><mi>m</mi></munder><msup><mi>e</mi><msub><mi>s</mi><mrow><mi>i</mi><mi>m</mi></mrow></msub></msup></mrow></mfrac>`,
      shapes: `${pattern} → ${pattern}`,
    },
    sum: {math: html`<msub><mi>z</mi><mi>i</mi></msub>${eq}<munder><mo>∑</mo><mi>j</mi></munder><msub><mi>w</mi><mrow><mi>i</mi><mi>j</mi></mrow></msub><msub>${v}<mi>j</mi></msub>`,
      shapes: `${pattern} · [${n_heads} × ${nKey} × ${d}] → ${heads}`},
    out: {math: html`<mi>${tensors.out?.split(".").at(-1)}</mi>${eq}${weight("O")}<mo>[</mo><msub><mi>z</mi><mn>0</mn></msub><mo>;</mo><mo>…</mo><mo>;</mo><msub><mi>z</mi><mn>${n_heads - 1}</mn></msub><mo>]</mo>`,
      shapes: `${heads} → ${stream} → ${stream}`},
    mlp: {math: html`<mi>mlp_out</mi>${eq}${weight("out")}<mo>·</mo><mi>gelu</mi><mo>(</mo>${weight("in")}<mi>y</mi><mo>)</mo>`, shapes: `${stream} → [${n} × ${d_mlp}] → [${n} × ${d_mlp}] → ${stream}`},
    logits: {math: html`<mi>p</mi>${eq}<mi>softmax</mi><mo>(</mo>${weight("E")}<mi>y</mi><mo>)</mo>`, shapes: `${stream} → [${n} × ${n_vocab}]`},
  }[kind];
}
