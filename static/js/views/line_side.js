/** One side of the lines view: its tokens as buttons, each with the weight of its line; and the chosen query's row in words. */
import {html} from "htm/preact";
import {useLayoutEffect, useMemo, useRef} from "preact/hooks";
import {percent} from "../format.js";
import {label} from "../labels.js";
import {LONGEST, WEIGHT_WIDE, labelBox} from "../line_layout.js";
import {lookedAt} from "../lines.js";
import {Token} from "./token.js";

/**
 * @param {any} props made: the tokens that are made, from and to; numbers: position -> the written weight of its line
 * onPoint: a token or null, and whether it is the pointer that lies there; onCross: to the other side
 */
export function LineSide({t, axis, tokens, made, place, numbers, chosen, pointed, blind, onPoint, onPick, onCross}) {
  const words = useMemo(() => tokens.slice(made.from, made.to).map((token, i) => html`<span><${Token} token=${token} length=${LONGEST} /><sub>${made.from + i}</sub></span>`), [tokens, made.from, made.to]);
  const list = useRef(null), focus = useRef(null), tab = chosen >= made.from && chosen < made.to ? chosen : made.from;
  useLayoutEffect(() => {
    const button = focus.current !== null && list.current.querySelector(`[data-index="${focus.current}"]`);
    if (!button) return;
    focus.current = null;
    button.focus();
  });
  const indexOf = (event) => Number(event.target.closest("button")?.dataset.index ?? NaN);
  const {turned} = place.side[axis], rows = place.direction === "rows", back = rows ? "ArrowLeft" : "ArrowUp", on = rows ? "ArrowRight" : "ArrowDown";
  const across = rows === (axis === "query") ? (rows ? "ArrowDown" : "ArrowLeft") : (rows ? "ArrowUp" : "ArrowRight");
  const onKeyDown = (event) => {
    const from = pointed ?? chosen;
    const to = {[back]: from - 1, [on]: from + 1, Home: 0, End: tokens.length - 1}[event.key];
    if (event.key === "Escape") onPoint(null, true);
    else if (event.key === across) onCross();
    else if (tokens[to] === undefined) return;
    else {
      focus.current = to; // once it is made
      onPick(to);
    }
    event.preventDefault();
  };
  const named = (i) => {
    const values = {action: axis === "query" ? t("query") : t("key"), index: i, token: label(tokens[i]), weight: numbers.get(i)};
    if (blind.has(i)) return t("{action} {index}: {token}, may see nothing", values);
    return numbers.has(i) ? t("{action} {index}: {token}, weight {weight}", values) : t("{action} {index}: {token}", values);
  };
  return html`
    <ol ref=${list} class="side ${axis} ${place.side[axis].step < WEIGHT_WIDE * place.scale ? "narrow" : ""}" aria-label=${axis === "query" ? t("Queries") : t("Keys")}
      onKeyDown=${onKeyDown} onPointerLeave=${(e) => e.pointerType === "mouse" && onPoint(null, true)}
      onPointerOver=${(e) => e.pointerType === "mouse" && indexOf(e) >= 0 && onPoint(indexOf(e), true)}
      onFocusIn=${(e) => e.target.matches(":focus-visible") && onPoint(indexOf(e), false)} onFocusOut=${() => onPoint(null, false)}>
      ${words.map((_, at) => made.from + at).map((i) => html`
        <li key=${i} aria-setsize=${tokens.length} aria-posinset=${i + 1} style=${at(labelBox(place, axis, i))}>
          <button type="button" data-index=${i} class="${i === chosen ? "chosen" : ""} ${blind.has(i) ? "blind" : ""} ${turned[i] ? "turned" : ""}"
            aria-label=${named(i)} aria-pressed=${i === chosen} tabindex=${i === tab ? 0 : -1}
            onClick=${(e) => { onPick(i); if (e.pointerType !== "mouse") onPoint(i, false); }}>
            <b>${numbers.get(i)}</b>${words[i - made.from]}
          </button>
        </li>`)}
    </ol>`;
}

const at = ({left, top, width, height}) => ({left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px`});

/** What the chosen query looks at, in a sentence; and why the chosen pair has no line, where it has none. */
export function RowSummary({t, one, weights, queries, keys, cell, threshold, blind}) {
  const {first, rest} = lookedAt(one, weights, cell.query), weight = weights[cell.key];
  const query = named(queries, cell.query), key = named(keys, cell.key);
  const shares = [...first.map((seen) => t("{token} {share}", {token: named(keys, seen.key), share: percent(seen.weight)})),
    ...(rest.count ? [t("{count} others {share}", {count: rest.count, share: percent(rest.weight)})] : [])];
  return html`
    <p class="row-summary" aria-live="polite">
      ${blind ? t("{query} may see nothing: it has no line.", {query}) : t("{query} looks at {keys}.", {query, keys: shares.join(t(", "))})}
      ${!blind && !one.visible(cell.query, cell.key) && ` ${t("{key} is masked: no line.", {key})}`}
      ${!blind && one.visible(cell.query, cell.key) && weight < threshold
        && ` ${t("{key} has {share}, below the threshold: no line.", {key, share: percent(weight)})}`}
    </p>`;
}

/** A token by its text, with its position where it occurs more than once. */
function named(labels, i) {
  const index = Array.from(String(i), (digit) => "₀₁₂₃₄₅₆₇₈₉"[Number(digit)]).join("");
  return labels.indexOf(labels[i]) === labels.lastIndexOf(labels[i]) ? labels[i] : `${labels[i]}${index}`;
}
