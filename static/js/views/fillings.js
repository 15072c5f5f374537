/** What could stand at each hidden position: the model's own probabilities, with both sides read and with the left one alone. */
import {html} from "htm/preact";
import {bothPredictions} from "../downstream.js";
import {percent} from "../format.js";
import {rankOf} from "../hidden.js";
import {label, over} from "../labels.js";
import {atMost, listed} from "./both_predictions.js";
import {Token} from "./token.js";

const SHOWN = 10;

/** @param {any} props hidden: positions; at: the one whose candidates are listed; plain: the sentence's own tokens, null while they are not known */
export function Fillings({t, trace, plain, hidden, at, filling: {both, problem}, onChoose, onPut, on}) {
  const left = trace.request.mask === "causal";
  return html`
    <section class="fillings">
      <header class="buttons"><h2>${t("What could stand there")}</h2>
        <button type="button" aria-pressed=${left} title=${t("Hides the right side from every query, as in a decoder, and back")} onClick=${() => on.only(!left)}>${t("Only the left side")}</button></header>
      ${problem && html`<p class="note warning" role="alert">${problem} <button type="button" class="quiet" onClick=${on.again}>${t("Try again")}</button></p>`}
      ${hidden.map((position) => html`
        <div key=${position} class="gap ${position === at ? "chosen" : ""}">
          <${Gap} ...${{t, position}} own=${plain?.[position]} first=${trace.predictions[position][0]} open=${position === at} onChoose=${() => onChoose(position)} />
          ${position === at && (left
            ? both ? html`<${Compared} ...${{t, position, onPut}} own=${plain?.[position]} was=${both.predictions[position]} is=${trace.predictions[position]} />`
              : !problem && html`<p class="note" role="status">${t("Loading…")}</p>`
            : html`<${Listed} ...${{t, position, onPut}} own=${plain?.[position]} found=${trace.predictions[position]} />`)}
        </div>`)}
    </section>`;
}

/** One hidden position in a line. */
const Gap = ({t, position, own, first, open, onChoose}) => html`
  <h3><button type="button" aria-expanded=${open} onClick=${onChoose}>
    <span>${t("Position {position}", {position})}</span> <span><${Token} token=${listed(first)} /> <small>${percent(first.probability)}</small></span>
    ${own && html`<small class="own">${t("here stood")} <${Token} token=${own} /></small>`}</button></h3>`;

function Listed({t, position, own, found, onPut}) {
  const rank = own && rankOf(found, own.id);
  return html`
    <table class="candidates">
      <caption>${t("The ten likeliest of the whole vocabulary. A press on one puts it there.")}</caption>
      <thead><tr><th scope="col">${t("token")}</th><th scope="col">${t("probability")}</th></tr></thead>
      <tbody onKeyDown=${stepped}>${found.map((one, i) => html`
        <tr key=${one.id} class=${one.id === own?.id ? "drawn" : ""}>
          <${Candidate} ...${{t, one, own, onPut, position}} first=${i === 0} /><${Bar} probability=${one.probability} said=${percent(one.probability)} /></tr>`)}</tbody>
    </table>
    ${own && html`<p class="note stood">${rank ? t("{token} stood here: rank {rank} with {share}.", {token: label(own), rank, share: percent(found[rank - 1].probability)})
      : t("{token} stood here: below the tenth, {share} at most.", {token: label(own), share: percent(found.at(-1).probability)})}</p>`}`;
}

/** was: with both sides read; is: with the left one alone */
function Compared({t, position, own, was, is, onPut}) {
  const all = bothPredictions(was, is), rows = all.filter((one, i) => i < SHOWN || one.id === own?.id);
  const [before, after] = [was, is].map((list) => list.find(({id}) => id === own?.id)?.probability ?? null);
  return html`
    <table class="candidates compared">
      <caption>${t("The same gap with both sides read, and with every query kept from what is to its right. A press on a token puts it there.")}</caption>
      <thead><tr><th scope="col">${t("token")}</th><th scope="col">${t("both sides")}</th><th scope="col">${t("only the left")}</th></tr></thead>
      <tbody onKeyDown=${stepped}>${rows.map((one, i) => html`
        <tr key=${one.id} class=${one.id === own?.id ? "drawn" : ""}>
          <${Candidate} ...${{t, one, own, onPut, position}} first=${i === 0} />
          <${Bar} probability=${one.was ?? 0} said=${atMost(one.was, was)} /><${Bar} probability=${one.is ?? 0} said=${atMost(one.is, is)} /></tr>`)}</tbody>
    </table>
    ${own && html`<p class="note stood">${t("{token} stood here: {both} with both sides, {left} with the left one alone.", {token: label(own), both: atMost(before, was), left: atMost(after, is)})}${" "}
      ${t("The model never learned to read without the right side: part of the difference may be that.")}</p>`}
    <p class="note">${t("The server sends the ten likeliest tokens of each run; of another it is known that it is no likelier than the tenth (≤).")}</p>`;
}

const Bar = ({probability, said}) => html`<td><i class="length" style=${{"--length": probability}}></i><span>${said}</span></td>`;

const Candidate = ({t, one, own, position, first, onPut}) => html`
  <th scope="row"><button type="button" tabindex=${first ? 0 : -1} disabled=${over(one)} title=${over(one) ? t("Special tokens cannot be put in.") : t("Put this token there")}
    onClick=${() => onPut(position, one.id === own?.id ? null : one.id)}><${Token} token=${listed(one)} length=${14} />
    ${one.id === own?.id && html` <small>${t("stood here")}</small>`}</button></th>`;

/** Arrow keys lead through the candidates, of which Tab leads to the first. */
function stepped(event) {
  const all = [...event.currentTarget.querySelectorAll("button:enabled")], at = all.indexOf(event.target.closest("button"));
  const to = all[{ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: all.length - 1}[event.key]];
  if (!to) return;
  event.preventDefault();
  to.focus();
}
