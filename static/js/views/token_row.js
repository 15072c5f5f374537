/** The model's own inputs, special tokens included, with their positions; a click or an arrow key chooses one. Of very many those in sight are made. */
import {html} from "htm/preact";
import {useEffect, useLayoutEffect, useMemo, useRef, useState} from "preact/hooks";
import {label} from "../labels.js";
import {ALL_MADE, edgesOf, madeIn} from "../windowing.js";
import {FindToken} from "./find_token.js";
import {useMore} from "./sideways.js";
import {Token} from "./token.js";

/**
 * @param {{tokens: any[], selected: number|null, written: number|null, onPick: (i: number) => void, behind: any}} props
 * written: the first position that the model wrote itself; behind: what stands behind the tokens
 */
export function TokenRow({t, title, tokens, query, key_, onPick, pick, written = null, behind = null}) {
  const chosen = query ?? key_ ?? 0; // the one that Tab leads to
  const row = useRef(null), more = useMore(row), {edges, made, sight} = useWindow(row, tokens), focus = useRef(null);
  useLayoutEffect(() => { // what is chosen is where it can be seen
    const [left, width] = sight(chosen), {scrollLeft, clientWidth} = row.current;
    if (left < scrollLeft || left + width > scrollLeft + clientWidth) row.current.scrollLeft = left - (clientWidth - width) / 2;
  }, [tokens, chosen]);
  useLayoutEffect(() => {
    if (focus.current === null || focus.current < made.from || focus.current >= made.to) return;
    row.current.children[focus.current - made.from].firstElementChild.focus();
    focus.current = null;
  });
  const onKeyDown = (event) => {
    const to = {ArrowLeft: chosen - 1, ArrowRight: chosen + 1, Home: 0, End: tokens.length - 1}[event.key];
    if (tokens[to] === undefined) return;
    event.preventDefault();
    focus.current = to; // once it is made
    onPick(to);
  };
  const remade = useMade([t, tokens, pick, onPick]), tab = chosen >= made.from && chosen < made.to ? chosen : made.from;
  const room = (i) => edges && {style: {flex: "none", width: `${edges[i + 1] - edges[i]}rem`, ...(i === made.from && {marginInlineStart: `${edges[i]}rem`}),
    ...(i === made.to - 1 && {marginInlineEnd: `${edges.at(-1) - edges[i + 1]}rem`})}, "aria-setsize": tokens.length, "aria-posinset": i + 1};
  return html`
    <div class="token-row">
      <span class="caption">${title}</span>
      <ol class="tokens ${edges ? "windowed" : ""}" ref=${row} data-more=${more} onKeyDown=${onKeyDown}>
        ${range(made).map((i) => remade(i, [i === query, i === key_, i === chosen, i === tab, written !== null && i >= written, i === made.from, i === made.to - 1], (asks, read, pressed, stop, own) => html`
          <li key=${edges && i} ...${room(i)}>
            <button type="button" class="${asks ? "is-query" : ""} ${read ? "is-key" : ""} ${own ? "is-written" : ""}"
              aria-label=${t("{action} {index}: {token}", {action: pick, index: i, token: label(tokens[i])})}
              aria-pressed=${pressed} tabindex=${stop ? 0 : -1} onClick=${() => onPick(i)}>
              <${Token} token=${tokens[i]} /><sub>${i}</sub>
            </button>
          </li>`))}
      </ol>
      ${edges && html`<${FindToken} ...${{t, tokens, chosen, onPick}} />`}
      ${behind}
    </div>`;
}

const range = ({from, to}) => Array.from({length: Math.max(1, to - from)}, (_, at) => from + at);

/** Which tokens of the row are made; edges: where each stands, null where all are; sight: left and width of one in pixels. */
function useWindow(row, tokens) {
  const edges = useMemo(() => (tokens.length > ALL_MADE ? edgesOf(tokens) : null), [tokens]);
  const [part, setPart] = useState({from: 0, to: ALL_MADE / 2});
  const made = edges ? {from: part.from < tokens.length ? part.from : 0, to: Math.min(part.to, tokens.length)} : {from: 0, to: tokens.length};
  const pixels = () => row.current.firstElementChild.offsetWidth / (edges[made.from + 1] - edges[made.from]); // of a rem
  useEffect(() => {
    if (!edges) return undefined;
    const node = row.current;
    const look = () => {
      if (!node.clientWidth) return;
      const rem = pixels(), next = madeIn(edges, node.scrollLeft / rem, (node.scrollLeft + node.clientWidth) / rem);
      setPart((now) => (now.from === next.from && now.to === next.to ? now : next));
    };
    const observer = new ResizeObserver(look);
    observer.observe(node);
    node.addEventListener("scroll", look, {passive: true});
    look();
    return () => {
      observer.disconnect();
      node.removeEventListener("scroll", look);
    };
  }, [edges, made.from]);
  const sight = (i) => {
    if (!edges) {
      const {offsetLeft, offsetWidth} = row.current.children[i];
      return [offsetLeft, offsetWidth];
    }
    const rem = pixels();
    return [edges[i] * rem, (edges[i + 1] - edges[i]) * rem];
  };
  return {edges, made, sight};
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
