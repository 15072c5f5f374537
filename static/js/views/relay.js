/** A note from one word to another: handed on from neighbour to neighbour, and laid on a table that all read at once. */
import {html} from "htm/preact";
import {number, percent} from "../format.js";
import {handOvers, lastTick, relayAt, survival, ticks} from "../relay.js";
import {Slider} from "./slider.js";

const MOST = 64, LEAST = 4;

/** @param {any} props state: {n, from, to, tick, drop}: words from 1 to n, the share of notes that is lost at each hand-over; on.set: a part of it */
export function Relay({t, state, playing, on, name = t("A note on its way")}) {
  const {n, from, to, tick, drop} = state, last = lastTick(from, to), at = relayAt({n, from, to, tick, kept: 1 - drop});
  return html`
    <div class="relay" role="group" aria-label=${name}>
      <div class="sliders">
        <${Slider} ...${{t, label: t("words"), value: n, min: LEAST, max: MOST}} onChange=${(value) => on.set({n: value, from: Math.min(from, value - 1), to: value, tick: 0})} />
        <${Slider} ...${{t, label: t("from word"), value: from, min: 1, max: to - 1}} onChange=${(value) => on.set({from: value, tick: 0})} />
        <${Slider} ...${{t, label: t("to word"), value: to, min: from + 1, max: n}} onChange=${(value) => on.set({to: value, tick: 0})} />
        <${Slider} ...${{t, label: t("lost at each hand-over"), value: drop, min: 0, max: 0.5, step: 0.01, show: (x) => `${Math.round(100 * x)} %`}} onChange=${(value) => on.set({drop: value})} />
      </div>
      <div class="ticks">
        <button type="button" class="primary" onClick=${on.play}>${playing ? t("Pause") : t("Play")}</button>
        <button type="button" disabled=${tick === 0} aria-label=${t("Previous tick")} onClick=${() => on.set({tick: tick - 1})}>‹</button>
        <label class="tick"><span>${t("tick")}</span><input type="range" min="0" max=${last} step="1" value=${Math.min(tick, last)} onInput=${(event) => on.set({tick: event.currentTarget.valueAsNumber})} /></label>
        <button type="button" disabled=${tick >= last} aria-label=${t("Next tick")} onClick=${() => on.set({tick: tick + 1})}>›</button>
        <output>${tick} / ${last}</output>
      </div>
      <div class="relay-panels">
        <${Panel} ...${{t, kind: "relay", title: t("Handed on (RNN)"), state, at: at.relay}} />
        <${Panel} ...${{t, kind: "table", title: t("On the table (attention)"), state, at: at.table}} />
      </div>
      <${Totals} ...${{t, state}} />
    </div>`;
}

function Panel({t, kind, title, state: {n, from, to, drop}, at}) {
  const holds = (word) => (kind === "relay" ? word === at.at : word === from || (at.arrived && word === to));
  const passed = (word) => kind === "relay" && word >= from && word < at.at;
  const facts = {done: at.done, of: at.of, share: percent(at.survives)};
  const told = at.arrived ? t("Arrived: {done} of {of} hand-overs, {share} of the notes are left.", facts) : t("{done} of {of} hand-overs, {share} of the notes are left.", facts);
  return html`
    <section class="relay-panel of-${kind}" aria-label=${title}>
      <h3>${title}</h3>
      ${kind === "table" && html`<p class="table-top ${at.done ? "is-read" : ""}" aria-hidden="true">${t("the table")}</p>`}
      <ol class="words" aria-hidden="true">${Array.from({length: n}, (_, i) => i + 1).map((word) => html`
        <li class="${holds(word) ? "holds" : ""} ${passed(word) ? "passed" : ""} ${word === from ? "sends" : ""} ${word === to ? "gets" : ""}">${word}</li>`)}</ol>
      <p class="relay-told" role="status">${told}</p>
      ${drop > 0 && html`<i class="left" style=${{"--share": at.survives}} aria-hidden="true"></i>`}
    </section>`;
}

function Totals({t, state: {n, from, to, drop}}) {
  const way = handOvers(from, to), all = ticks(n), left = (kind) => number(survival(1 - drop, way[kind]), 3);
  const row = (title, of) => html`<tr><th scope="row">${title}</th><td>${of("relay")}</td><td>${of("table")}</td></tr>`;
  return html`
    <table class="relay-totals">
      <thead><tr><td></td><th scope="col">${t("handed on")}</th><th scope="col">${t("on the table")}</th></tr></thead>
      <tbody>
        ${row(t("hand-overs from word {from} to word {to}", {from, to}), (kind) => way[kind])}
        ${row(t("steps one after the other for all {n} words", {n}), (kind) => all[kind])}
        ${row(t("share of notes that arrive"), left)}
        ${row(t("notes that are looked at, each word by each"), (kind) => (kind === "table" ? n * n : n))}
      </tbody>
    </table>`;
}
