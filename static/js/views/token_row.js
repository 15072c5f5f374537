/** The model's own inputs, special tokens included, with their positions; a click or an arrow key chooses one. */
import {html} from "htm/preact";
import {useLayoutEffect, useMemo, useRef} from "preact/hooks";
import {label} from "../labels.js";
import {useMore} from "./sideways.js";
import {Token} from "./token.js";

/**
 * @param {{tokens: any[], selected: number|null, written: number|null, onPick: (i: number) => void, behind: any}} props
 * written: the first position that the model wrote itself; behind: what stands behind the tokens
 */
export function TokenRow({t, title, tokens, query, key_, onPick, pick, written = null, behind = null}) {
  const chosen = query ?? key_ ?? 0; // the one that Tab leads to
  const row = useRef(null), more = useMore(row);
  useLayoutEffect(() => { // what is chosen is where it can be seen
    const {offsetLeft, offsetWidth} = row.current.children[chosen], {scrollLeft, clientWidth} = row.current;
    if (offsetLeft < scrollLeft || offsetLeft + offsetWidth > scrollLeft + clientWidth) row.current.scrollLeft = offsetLeft - (clientWidth - offsetWidth) / 2;
  }, [tokens, chosen]);
  const onKeyDown = (event) => {
    const to = {ArrowLeft: chosen - 1, ArrowRight: chosen + 1, Home: 0, End: tokens.length - 1}[event.key];
    if (tokens[to] === undefined) return;
    event.preventDefault();
    onPick(to);
    event.currentTarget.querySelectorAll("button")[to].focus();
  };
  const names = useMemo(() => tokens.map((token, i) => html`<${Token} token=${token} /><sub>${i}</sub>`), [tokens]);
  const made = useMade([t, tokens, pick, onPick]);
  return html`
    <div class="token-row">
      <span class="caption">${title}</span>
      <ol class="tokens" ref=${row} data-more=${more} onKeyDown=${onKeyDown}>
        ${tokens.map((token, i) => made(i, [i === query, i === key_, i === chosen, written !== null && i >= written], (asks, read, pressed, own) => html`
          <li>
            <button type="button" class="${asks ? "is-query" : ""} ${read ? "is-key" : ""} ${own ? "is-written" : ""}"
              aria-label=${t("{action} {index}: {token}", {action: pick, index: i, token: label(token)})}
              aria-pressed=${pressed} tabindex=${pressed ? 0 : -1} onClick=${() => onPick(i)}>
              ${names[i]}
            </button>
          </li>`))}
      </ol>
      ${behind}
    </div>`;
}

/** Of a thousand tokens only those whose look changes are made anew: what preact is given again, it passes over. */
function useMade(given) {
  const known = useRef({given: [], items: []});
  if (given.some((one, i) => one !== known.current.given[i])) known.current = {given, items: []};
  const {items} = known.current;
  return (i, look, make) => {
    if (items[i]?.look !== String(look)) items[i] = {look: String(look), item: make(...look)};
    return items[i].item;
  };
}
