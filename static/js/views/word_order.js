/** Words to be put in another order: their embeddings, the hand of their place, the sum; and what the attention makes of each, before and after. */
import {html} from "htm/preact";
import {useLayoutEffect, useRef} from "preact/hooks";
import {number} from "../format.js";
import {language} from "../labels.js";
import {turned} from "../word_order.js";
import {ClockHand} from "./clock_hand.js";

const SAME = 1e-5; // what adding up in another order may make of the last digit of a 32-bit number

/**
 * @param {any} props names: the words in the sentence's own order; order: which of them stands where now; positions: whether P is added;
 * settled: the run that is shown, {order, positions, E, P, X}, with rows by place, and results: [{word, before, after, apart}], null before the first; stale: another
 * run is on its way; features: what the columns are called; onCarry(from, to)
 */
export function WordOrder({t, names, features, order, positions, settled, results, stale, onCarry, onPositions, onBack}) {
  const moved = order.some((word, place) => word !== place);
  return html`
    <div class="word-order">
      <${Chips} ...${{t, names, order, onCarry}} />
      <p class="order-tools">
        <button type="button" class="switch" role="switch" aria-checked=${positions} onClick=${() => onPositions(!positions)}>${t("Positions P")}: ${positions ? t("added") : t("left out")}</button>
        <button type="button" class="quiet" aria-disabled=${!moved} onClick=${() => moved && onBack()}>${t("Back to the first order")}</button>
      </p>
      ${settled && html`
        <div class=${stale ? "stale" : ""} aria-busy=${stale}>
          <${Sum} ...${{t, names, features, settled}} />
          <${Results} ...${{t, names, results}} order=${settled.order} positions=${settled.positions} />
        </div>`}
    </div>`;
}

/** The words: dragged, or moved by their arrows. The list takes the pointer, because a word that moves would lose it. */
function Chips({t, names, order, onCarry}) {
  const list = useRef(null), dragged = useRef(null), pressed = useRef(null);
  useLayoutEffect(() => { // the button that was pressed moves with its word, and keeps the focus
    if (pressed.current) list.current.querySelector(`[data-move="${pressed.current}"]`)?.focus();
    pressed.current = null;
  }, [order]);
  const onPointerDown = (event) => {
    const chip = event.target.closest("[data-word]");
    if (!chip || event.target.closest("button") || event.button !== 0) return;
    dragged.current = Number(chip.dataset.word);
    list.current.setPointerCapture(event.pointerId);
  };
  const onPointerMove = (event) => {
    if (dragged.current === null) return;
    const from = order.indexOf(dragged.current), middles = Array.from(list.current.children, (chip) => chip.getBoundingClientRect()).map(({left, width}) => left + width / 2);
    const to = middles.filter((middle, place) => place !== from && middle < event.clientX).length;
    if (to !== from) onCarry(from, to);
  };
  const drop = () => { dragged.current = null; };
  const step = (word, place, by) => {
    if (order[place + by] === undefined) return;
    pressed.current = `${word}:${by}`;
    onCarry(place, place + by);
  };
  return html`
    <ol class="order-chips" ref=${list} aria-label=${t("The sentence. Drag a word, or move it with its arrows.")} onPointerDown=${onPointerDown} onPointerMove=${onPointerMove}
      onPointerUp=${drop} onPointerCancel=${drop}>
      ${order.map((word, place) => html`
        <li key=${word} data-word=${word}>
          <bdi lang=${language(names[word])}>${names[word]}</bdi><sub>${place}</sub>
          <span class="moves">
            ${[-1, 1].map((by) => html`<button type="button" data-move=${`${word}:${by}`} aria-disabled=${order[place + by] === undefined}
              aria-label=${by < 0 ? t("Move {word} to the left", {word: names[word]}) : t("Move {word} to the right", {word: names[word]})} onClick=${() => step(word, place, by)}>${by < 0 ? "←" : "→"}</button>`)}
          </span>
        </li>`)}
    </ol>`;
}

/** E + P = X, a row for every place. */
function Sum({t, names, features, settled: {order, positions, E, P, X}}) {
  const heads = () => features.map((feature) => html`<th scope="col"><small>${feature}</small></th>`);
  const cells = (row, name) => row.map((x, i) => html`<td class="${name} ${i === 0 ? "first" : ""} ${x === 0 ? "zero" : ""}">${number(x, 2)}</td>`);
  return html`
    <div class="sideways" tabindex="0" role="group" aria-label=${t("E + P = X, a row for every token")}>
      <table class="order-sum">
        <thead>
          <tr><td></td><th scope="colgroup" colspan=${features.length}>E<small> ${t("word")}</small></th><td></td>
            <th scope="colgroup" colspan=${features.length + 1}>P<small> ${t("place")}</small></th><td></td><th scope="colgroup" colspan=${features.length}>X</th></tr>
          <tr><td></td>${heads()}<td></td><td></td>${heads()}<td></td>${heads()}</tr>
        </thead>
        <tbody>
          ${order.map((word, place) => html`
            <tr key=${word}>
              <th scope="row"><bdi lang=${language(names[word])}>${names[word]}</bdi></th>
              ${cells(E[place], "e")}<td class="sign">+</td>
              <td class="clock ${positions ? "" : "off"}"><${ClockHand} sine=${P[place][2]} cosine=${P[place][3]} name=${positions
                ? t("place {place}: the hand is turned by {turn} quarters", {place, turn: place % 4}) : t("no position")} /></td>
              ${cells(P[place], positions ? "p" : "p off")}<td class="sign">=</td>${cells(X[place], "x")}
            </tr>`)}
        </tbody>
      </table>
    </div>`;
}

function Results({t, names, order, positions, results}) {
  const moved = order.some((word, place) => word !== place), changed = results.filter(({apart}) => apart > SAME), most = Math.max(...results.map(({apart}) => apart));
  const row = (values) => html`<code>${values.map((x) => x.toFixed(4).replace("-", "−")).join("  ")}</code>`;
  return html`
    <div class="sideways" tabindex="0" role="group" aria-label=${t("What the attention adds to each word, before and after")}>
      <table class="order-results">
        <caption>${t("What the attention adds to each word")}</caption>
        <thead><tr><th scope="col">${t("word")}</th><th scope="col">${t("in the first order")}</th><th scope="col">${t("in this order")}</th><td></td></tr></thead>
        <tbody>${results.map(({word, before, after, apart}) => html`
          <tr class=${moved && apart > SAME ? "other" : ""}>
            <th scope="row"><bdi lang=${language(names[word])}>${names[word]}</bdi> <small>${t("place {from} → {to}", {from: word, to: order.indexOf(word)})}</small></th>
            <td>${row(before)}</td><td>${row(after)}</td><td>${apart > SAME ? html`<b>≠</b>` : "="}</td>
          </tr>`)}</tbody>
      </table>
    </div>
    <p class="told" role="status">${!moved ? t("The words stand in their first order: move one.")
      : changed.length > 0 ? t("{count} of {all} words have another result; the largest difference is {apart}.", {count: changed.length, all: names.length, apart: number(most)})
        : `${most === 0 ? t("Every word has exactly the same result.") : t("Every word has the same result, but for {apart}, which comes from adding up in another order.", {apart: number(most, 2)})}${positions && turned(order)
          ? ` ${t("The words only moved on in a ring, and so did the hands: after a whole turn all distances are what they were. Try to exchange two words.")}` : ""}`}</p>`;
}
