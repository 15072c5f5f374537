/** One token through a block: the residual stream is the road, attention and MLP stand beside it, read it and add to it. */
import {html} from "htm/preact";
import {css, inkOn, signedColour} from "../colour.js";
import {number} from "../format.js";
import {NORMS, apartOf, journey, length} from "../road.js";
import {Choice} from "./choice.js";
import {Token} from "./token.js";

const STEPS = 7; // the start; of each sublayer what it makes, the joining, and the road after

/** @param {any} props run: as GET /api/block answers; token: its place; step: how far it has come, STEPS - 1 for all of it */
export function Road({t, theme, run, token, norm, residual, step, stale, on}) {
  const tokens = run.tokens.target, way = journey(run, token), most = Math.max(1e-9, ...[way.start, ...way.sublayers.map(({result}) => result)].flatMap(({vector}) => vector.map(Math.abs)));
  const given = {t, theme, most, tokens}, longest = Math.max(length(way.start.vector), ...way.sublayers.map(({result}) => length(result.vector)));
  const shown = run.model.config, own = shown.norm === "pre-mlp" && shown.residual; // while another one is on its way
  return html`
    <div class="road-box"><div class="road-figure ${stale ? "stale" : ""}" role="group" aria-label=${t("One token through the block")}>
      <div class="road-controls">
        <fieldset class="small-choice"><legend>${t("Token")}</legend>
          ${tokens.map((one, i) => html`<button type="button" class="pick" aria-pressed=${i === token} onClick=${() => on.token(i)}><${Token} token=${one} /></button>`)}</fieldset>
        <${Choice} legend=${t("Residual")} value=${residual ? "on" : "off"} options=${[["on", t("on")], ["off", t("off")]]} onChoose=${(value) => on.residual(value === "on")} />
        <label class="road-norm"><span class="caption">${t("Norms")}</span><select value=${norm} onChange=${(e) => on.norm(e.target.value)}>${NORMS.map((name) => html`<option value=${name}>${normName(t, name)}</option>`)}</select></label>
        <div class="road-steps"><button type="button" aria-label=${t("One step back")} disabled=${step === 0} onClick=${() => on.step(step - 1)}>‹</button>
          <span>${t("step {step} of {count}", {step: step + 1, count: STEPS})}</span>
          <button type="button" aria-label=${t("One step on")} disabled=${step === STEPS - 1} onClick=${() => on.step(step + 1)}>›</button></div>
      </div>
      <p class="note road-story" role="status">${stale ? t("Loading…") : own ? t("The model as it is.") : t("The same matrices in a block that is built otherwise: run just now, not the model of this lesson.")}</p>
      <div class="road-map ${shown.residual ? "" : "without"}">
        <${OnRoad} ...${given} title=${way.position ? t("X: word and position added") : "X"} vector=${way.start.vector} longest=${longest} />
        ${way.sublayers.map((one, i) => html`<${Sublayer} key=${one.name} ...${{...given, one, longest}} residual=${shown.residual} shown=${step - 3 * i} />`)}
        <${Ahead} shown=${step === STEPS - 1}><div class="road-row"><div class="on-road"><b class="road-end">↓</b></div><div class="beside"></div></div><//>
      </div>
      ${shown.norm !== "post" && html`<p class="checked"><b>${t("checked: {difference}", {difference: number(apartOf(way), 1)})}</b> ${t("Added up here again: the largest difference from the model's own stream.")}</p>`}
    </div></div>`;
}

const Ahead = ({shown, children}) => html`<div class="road-part ${shown ? "" : "is-ahead"}">${children}</div>`;

function Sublayer({t, theme, most, tokens, one, residual, longest, shown}) {
  const {name, reads, before, inside, made, joined, after, result} = one, given = {t, theme, most};
  return html`
    <${Ahead} shown=${shown >= 1}><div class="road-row works"><div class="on-road"></div><div class="beside">
      <p class="road-arrow reads">${t("reads")}</p>
      <div class="road-card ${name}">
        <h4>${name === "attn" ? t("Attention") : t("MLP")} <small>${name === "attn" ? t("looks at") : t("sees only")} ${reads.map((i) => html`<${Token} token=${tokens[i]} /> `)}</small></h4>
        ${before && html`<${Line} ...${given} title=${t("norm: mean {mean}, variance {variance}", {mean: number(before.mean), variance: number(before.variance)})} vector=${before.vector} />`}
        ${inside.map(({name: which, head, vector}) => html`<${Line} ...${given} title=${head === undefined ? {"mlp.pre": t("times W_in"), "mlp.post": t("negatives become 0")}[which] : t("head {head} brings", {head})} vector=${vector} />`)}
        <${Line} ...${given} title=${name === "attn" ? t("side by side, times W_O") : t("times W_out")} vector=${made.vector} strong=${true} />
      </div></div></div><//>
    <${Ahead} shown=${shown >= 2}><div class="road-row join"><div class="on-road"><b class="road-sign" aria-hidden="true">${residual ? "+" : "="}</b></div>
      <div class="beside"><p class="road-arrow adds">${residual ? t("is added") : t("takes the place of the stream")}</p></div></div><//>
    <${Ahead} shown=${shown >= 3}>
      ${after && html`<${OnRoad} ...${given} title=${residual ? t("the sum") : t("what was made")} vector=${joined} longest=${longest} />
        <div class="road-row"><div class="on-road"><p class="on-road-norm">${t("norm: mean {mean}, variance {variance}", {mean: number(after.mean), variance: number(after.variance)})}</p></div><div class="beside"></div></div>`}
      <${OnRoad} ...${given} title=${name === "attn" ? t("the stream after attention") : t("the stream after the block")} vector=${result.vector} longest=${longest} />
    <//>`;
}

function OnRoad({t, theme, most, title, vector, longest}) {
  return html`
    <div class="road-row stream"><div class="on-road"><p class="road-title">${title}</p><${Vector} ...${{theme, most, vector}} name=${title} />
      <p class="road-length"><span class="bar" style=${{"--weight": length(vector) / longest}}></span>${t("length {length}", {length: number(length(vector))})}</p></div><div class="beside"></div></div>`;
}

const Line = ({theme, most, title, vector, strong = false}) => html`<div class="road-line ${strong ? "is-made" : ""}"><span>${title}</span><${Vector} ...${{theme, most, vector}} name=${title} /></div>`;

function Vector({theme, most, vector, name}) {
  return html`<ol class="road-vector" aria-label=${name}>${vector.map((x) => {
    const colour = signedColour(x / most, theme);
    return html`<li style=${{background: css(colour), color: inkOn(colour)}}>${number(Math.abs(x) < 5e-6 ? 0 : x)}</li>`;
  })}</ol>`;
}

export const normName = (t, norm) => ({
  "pre-mlp": t("before the MLP alone, as in this model"), pre: t("before attention and MLP"), post: t("after each sum"), none: t("nowhere"),
}[norm]);

Road.STEPS = STEPS;
