/** A row of Q and a row of K, feature under feature: what each contributes to their dot product, and the sum so far. */
import {html} from "htm/preact";
import {useState} from "preact/hooks";
import {scoreOf} from "../attention.js";
import {number, percent} from "../format.js";
import {contributions, foremost, runningLine} from "../neuron.js";
import {Choice} from "./choice.js";
import {Equation} from "./sideways.js";
import {Strip} from "./strip.js";
import {Token} from "./token.js";

export function NeuronView({t, trace, site, head, cell, theme, digits, order, feature, on}) {
  const [hovered, setHovered] = useState(null);
  const one = trace.head(site, head), q = one.q(cell.query), k = one.k(cell.key);
  const {dot, features} = contributions(q, k, order);
  const pinned = features.findIndex(({index}) => index === feature); // -1: none is
  const at = hovered !== null && hovered < features.length ? hovered : pinned >= 0 ? pinned : foremost(features);
  const show = (x) => number(x, digits), told = sentence(t, features[at], show);
  const pin = (to) => on.show({feature: features[to].index});
  const onKeyDown = (event) => {
    const to = {ArrowLeft: at - 1, ArrowDown: at - 1, ArrowRight: at + 1, ArrowUp: at + 1, Home: 0, End: features.length - 1}[event.key];
    if (to === undefined) return;
    event.preventDefault();
    setHovered(null);
    if (features[to]) pin(to);
  };
  const under = (event) => {
    const {left, width} = event.currentTarget.querySelector(".numbers").getBoundingClientRect();
    return Math.min(features.length - 1, Math.max(0, Math.floor((event.clientX - left) / width * features.length)));
  };
  return html`
    <section class="neuron" aria-label=${t("Dot product, feature by feature")}>
      <header>
        <h3><span class="of-query"><${Token} token=${trace.along(site, "query")[cell.query]} /></span> · <span class="of-key"><${Token}
          token=${trace.along(site, "key")[cell.key]} /></span> <small>${t("feature by feature")}</small></h3>
        <${Choice} legend=${t("Features")} value=${order} onChoose=${(to) => on.show({order: to})}
          options=${[["place", t("in order")], ["size", t("largest first")]]} />
      </header>
      <div class="features" role="slider" tabindex="0" aria-label=${t("Feature. Arrow keys choose one.")} aria-valuemin="0"
        aria-valuemax=${features.length - 1} aria-valuenow=${at} aria-valuetext=${told} onKeyDown=${onKeyDown}
        onPointerMove=${(e) => setHovered(under(e))} onPointerLeave=${() => setHovered(null)} onClick=${(e) => pin(under(e))}>
        <${Rows} ...${{q, k, features, theme, show}} />
        <${Running} ...${{features, dot, at}} />
        <span class="over"><i class="now" style=${{left: `${100 * at / features.length}%`, width: `${100 / features.length}%`}}></i></span>
      </div>
      <p class="told">${told}</p>
      <${Equation} class="equation" lang="en"><math><mrow><munder><mo>∑</mo><mi>i</mi></munder><msub><mi>q</mi><mi>i</mi></msub><msub><mi>k</mi><mi>i</mi></msub>
        <mo>=</mo><mn class="dot">${show(dot)}</mn><mo>,</mo><mspace width="0.6em" /><mn>${show(dot)}</mn><mo>×</mo><mn>${show(one.scale)}</mn>
        <mo>=</mo><mn class="score">${show(dot * one.scale)}</mn></mrow></math> <span class="note">${one.softcap || one.biased
          ? t("scaled; with the model's cap and its bias by distance, where it has them, the score is {score}", {score: show(scoreOf(one, cell.query, cell.key, dot))}) : t("the score")}</span><//>
    </section>`;
}

function sentence(t, {index, q, k, product, share, sum}, show) {
  const facts = {index, q: show(q), k: bracketed(show(k)), product: show(product), sum: show(sum)};
  return share === null ? t("Feature {index}: {q} × {k} = {product}. Sum so far: {sum}.", facts)
    : t("Feature {index}: {q} × {k} = {product}, {share} of q · k. Sum so far: {sum}.", {...facts, share: percent(share)});
}

const bracketed = (number) => (number.startsWith("−") ? `(${number})` : number);

function Rows({q, k, features, theme, show}) {
  const largest = (...vectors) => Math.max(1e-9, ...vectors.map((vector) => Math.max(...vector.map(Math.abs))));
  const size = largest(q, k), products = features.map(({product}) => product), at = (i) => features[i].index;
  return html`
    <${Strip} name="q" role="query" values=${features.map((one) => one.q)} largest=${size} ...${{theme, show, at}} />
    <${Strip} name="k" role="key" values=${features.map((one) => one.k)} largest=${size} ...${{theme, show, at}} />
    <${Strip} name="q × k" role="" values=${products} largest=${largest(products)} ...${{theme, show, at}} />`;
}

function Running({features, dot, at}) {
  const {points, zero} = runningLine(features), end = points.at(-1)[1], n = features.length;
  const down = (height) => 4 + 92 * (1 - height);
  return html`
    <div class="strip running"><b>∑</b>
      <span class="plot" aria-hidden="true">
        <svg viewBox=${`0 0 ${n} 100`} preserveAspectRatio="none">
          <path class="zero" d=${`M0 ${down(zero)}H${n}`} />
          <path class="sum" d=${`M${points.map(([x, height]) => `${x} ${down(height)}`).join("L")}`} />
        </svg>
        <i class="dot" style=${{left: `${100 * (at + 0.5) / n}%`, top: `${down(points[at + 1][1])}%`}}></i>
        <small class="end" style=${{top: `${down(end)}%`}}>${number(dot)}</small>
      </span>
    </div>`;
}
