/** What could come next: the model's own probabilities, and what temperature, top-k and top-p make of them, in this order. */
import {html} from "htm/preact";
import {useMemo, useState} from "preact/hooks";
import {count, percent} from "../format.js";
import {label, over, special} from "../labels.js";
import {TEMPERATURES, TOP_KS, TOP_PS} from "../sampling.js";
import {Token} from "./token.js";
import {VocabularyCurve} from "./vocabulary_curve.js";

const SHOWN = 12;

export function Candidates({t, writing: {step, sampling}, asides, trace, on}) {
  const line = step?.line, [all, setAll] = useState(false);
  if (!line) return html`<p class="note">${step ? t("There is no room for another token.") : t("Loading…")}</p>`;
  const greedy = sampling.temperature === 0, rows = line.top.slice(0, all ? line.top.length : SHOWN);
  const stages = [["probability", t("model")], ["after_temperature", t("temperature")], ["after_top_k", "top-k"], ["after_top_p", "top-p"]];
  return html`
    <${Shaping} ...${{t, sampling, on}} />
    <table class="candidates">
      <caption>${greedy ? t("Temperature 0 takes the likeliest token. A press on another one writes that.")
        : t("From left to right: the model's probabilities, then what each step leaves of them. The token is drawn from the last column; a press on another one writes that.")}</caption>
      <thead><tr><th scope="col">${t("token")}</th>${stages.map(([, name]) => html`<th scope="col">${name}</th>`)}</tr></thead>
      <tbody>
        ${rows.map((one) => html`
          <tr key=${one.id} class="${one.id === line.id ? "drawn" : ""} ${one.after_top_p === 0 ? "cut" : ""}">
            <th scope="row"><button type="button" disabled=${over(one)} aria-pressed=${one.id === line.id}
              title=${over(one) ? t("It ends the text: there is nothing to write after it.") : t("Write this token")} onClick=${() => on.write.pick(one.id)}>
              <${Token} token=${asToken(one)} length=${10} /></button></th>
            ${stages.map(([stage]) => html`<td><i class="length" style=${{"--length": one[stage]}}></i><span>${one[stage] === 0 ? "0" : percent(one[stage])}</span></td>`)}
          </tr>`)}
      </tbody>
    </table>
    ${line.top.length > SHOWN && html`<button type="button" class="quiet" aria-expanded=${all} onClick=${() => setAll(!all)}>
      ${all ? t("fewer") : t("show {count} tokens", {count: line.top.length})}</button>`}
    <p class="note">${t("Drawn: {token}, which the model gives {share}.", {token: label(asToken(line)), share: percent(line.probability)})}
      ${!greedy && html` ${t("Tokens left after top-k: {k}, with {share}; after top-p: {p}.", {k: count(line.kept.top_k.entries), share: percent(line.kept.top_k.probability), p: count(line.kept.top_p.entries)})}`}</p>
    <${VocabularyCurve} ...${{t, asides, trace}} kept=${greedy ? 1 : line.kept.top_p.entries} />`;
}

export const asToken = (one) => ({text: one.text, start: special(one) ? null : 0, part: null});

function Shaping({t, sampling, on}) {
  const chosen = useMemo(() => ({temperature: String(sampling.temperature), top_k: String(sampling.top_k ?? 0), top_p: String(sampling.top_p ?? 1)}), [sampling]);
  const picker = (name, title, options, said = (x) => x) => html`
    <label><span class="caption">${title}</span>
      <select value=${chosen[name]} onChange=${(e) => on.write.shape({[name]: e.target.value})}>
        ${(options.includes(chosen[name]) ? options : [chosen[name], ...options]).map((x) => html`<option value=${x}>${said(x)}</option>`)}
      </select></label>`;
  return html`
    <div class="shaping">
      ${picker("temperature", t("1. temperature"), TEMPERATURES, (x) => (x === "0" ? t("0: the likeliest") : x))}
      ${picker("top_k", "2. top-k", TOP_KS, (x) => (x === "0" ? t("all") : x))}
      ${picker("top_p", "3. top-p", TOP_PS, (x) => (x === "1" ? t("all") : x))}
      <label title=${t("The seed of the dice: the same number draws the same tokens again.")}><span class="caption">${t("4. dice")}</span>
        <input type="number" min="0" max="4294967295" value=${sampling.seed} onChange=${(e) => /^\d+$/.test(e.target.value) && on.write.shape({seed: Number(e.target.value)})} /></label>
    </div>`;
}
