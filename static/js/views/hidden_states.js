/** A sentence read by three models: the state that a recurrent one hands from token to token, and beside it the row of
 * attention with which a Transformer looks at all tokens at once. */
import {html} from "htm/preact";
import {useState} from "preact/hooks";
import {MODELS, MODEL_NAMES, largestOf, movedBy, statesUntil} from "../beside.js";
import {css, inkOn, weightColour} from "../colour.js";
import {number, percent} from "../format.js";
import {special} from "../labels.js";
import {Choice} from "./choice.js";
import {PixelMatrix} from "./pixel_matrix.js";
import {Token} from "./token.js";
import {TokenRow} from "./token_row.js";

const ROW = 22, TOP = 3; // pixels of a state; predictions that are told

/** @param {any} props reading: as POST /api/beside has it; shown: {model, state, layer, block, head, step} */
export function HiddenStates({t, theme, reading: {tokens, models}, shown, playing, on, name = t("Hidden states, step by step")}) {
  const {step} = shown, last = tokens.length - 1;
  return html`
    <div class="hidden-states" role="group" aria-label=${name}>
      <${TokenRow} t=${t} title=${t("Read until")} tokens=${tokens} query=${step} key_=${null} pick=${t("step")} onPick=${(to) => on.show({step: to})} />
      <div class="ticks">
        <button type="button" class="primary" onClick=${on.play}>${playing ? t("Pause") : t("Play")}</button>
        <button type="button" disabled=${step === 0} aria-label=${t("Previous step")} onClick=${() => on.show({step: step - 1})}>‹</button>
        <label class="tick"><span>${t("step")}</span><input type="range" min="0" max=${last} step="1" value=${step} onInput=${(event) => on.show({step: event.currentTarget.valueAsNumber})} /></label>
        <button type="button" disabled=${step === last} aria-label=${t("Next step")} onClick=${() => on.show({step: step + 1})}>›</button>
        <output>${step} / ${last}</output>
      </div>
      <${Next} ...${{t, tokens, models, step}} />
      <div class="both-ways">
        <${Handed} ...${{t, theme, tokens, models, shown, on}} />
        <${LooksBack} ...${{t, theme, tokens, pattern: models.transformer.pattern, shown, on}} />
      </div>
    </div>`;
}

function Handed({t, theme, tokens, models, shown, on}) {
  const {model, layer, step} = shown, one = models[model], state = one[shown.state] ? shown.state : "h", handed = one[state];
  const [at, point] = useState(null), matrix = statesUntil(handed, layer, step), end = largestOf(handed, layer), moved = movedBy(handed, layer, step);
  const facts = {width: matrix.columns, moved: moved === null ? "" : percent(moved)};
  const told = at ? t("step {row}, number {column}: {value}", {...at, value: number(handed[layer][at.row][at.column], 4)})
    : moved === null ? t("{width} numbers are all it knows.", facts) : t("{width} numbers are all it knows. This token changed them by {moved} of their length.", facts);
  return html`
    <section aria-label=${t("Handed on")}>
      <h3>${t("Handed on: {model}", {model: MODEL_NAMES[model]})}</h3>
      <div class="choices">
        <${Choice} legend=${t("model")} options=${MODELS.slice(0, 2).map((id) => [id, MODEL_NAMES[id]])} value=${model} onChoose=${(id) => on.show({model: id})} />
        ${one.c && html`<${Choice} legend=${t("state")} options=${[["h", "h"], ["c", "c"]]} value=${state} onChoose=${(id) => on.show({state: id})} />`}
        <${Choice} legend=${t("layer")} options=${handed.map((_, i) => [String(i), String(i)])} value=${String(layer)} onChoose=${(id) => on.show({layer: Number(id)})} />
      </div>
      <p class="note">${told}</p>
      <div style=${{height: `${ROW * matrix.rows}px`}} class="so-far">
        <${PixelMatrix} name=${t("States of {model}, a row a step", {model: MODEL_NAMES[model]})} matrix=${matrix} tokens=${tokens} chosen=${step} scale=${{end}} theme=${theme}
          at=${at} onAt=${point} onPick=${(to) => on.show({step: to})} />
      </div>
    </section>`;
}

function LooksBack({t, theme, tokens, pattern, shown: {block, head, step}, on}) {
  const row = pattern[block][head][step];
  const picked = (name, count, value, label) => html`<label><span>${label}</span><select value=${value} onChange=${(event) => on.show({[name]: Number(event.currentTarget.value)})}>${Array.from({length: count}, (_, i) => html`<option value=${i}>${i}</option>`)}</select></label>`;
  return html`
    <section aria-label=${t("Looked at")}>
      <h3>${t("Looked at, all at once: Transformer")}</h3>
      <div class="choices">${picked("block", pattern.length, block, t("block"))}${picked("head", pattern[0].length, head, t("head"))}</div>
      <ol class="looked-at">${tokens.slice(0, step + 1).map((token, i) => {
        const colour = weightColour(row[i], theme);
        return html`<li style=${{background: css(colour), color: inkOn(colour)}}><${Token} token=${token} /> <small>${percent(row[i])}</small></li>`;
      })}</ol>
      <p class="note">${t("Row of {token}: what this head reads of each token, straight from it.", {token: tokens[step].text.trim()})}</p>
    </section>`;
}

/** What each says comes next, and how surprised it is by what does. */
function Next({t, tokens, models, step}) {
  const next = tokens[step + 1];
  return html`
    <div class="scroll" tabindex="0" role="region" aria-label=${t("What comes next")}>
      <table class="next-of-three">
        <caption>${next ? html`${t("What comes next, and the loss on what does:")} <${Token} token=${next} />` : t("What comes next")}</caption>
        <thead><tr><td></td>${Array.from({length: TOP}, (_, i) => html`<th scope="col">${i + 1}</th>`)}<th scope="col">${t("loss, nats")}</th></tr></thead>
        <tbody>${MODELS.map((id) => html`
          <tr><th scope="row">${MODEL_NAMES[id]}</th>${models[id].top[step].slice(0, TOP).map(({text, probability}) => html`<td><${Token} token=${{text, start: special({text}) ? null : 0, part: null}} /> <small>${percent(probability)}</small></td>`)}
            <td>${next ? models[id].losses[step].toFixed(2) : "–"}</td></tr>`)}</tbody>
      </table>
    </div>`;
}
