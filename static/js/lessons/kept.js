/** Nodes that the server wrote, at a place of a view: they keep what has been made live in them. */
import {html} from "htm/preact";
import {useLayoutEffect, useRef} from "preact/hooks";

export function Kept({nodes, as = "div", ...rest}) {
  const place = useRef(null);
  useLayoutEffect(() => { place.current.append(...nodes); }, [nodes]);
  return html`<${as} ref=${place} ...${rest}></${as}>`;
}

/** The answer of an exercise, without the <details> that it stands in where no script runs. */
export function answerOf(element) {
  const details = element.querySelector(":scope > details.answer");
  const nodes = Array.from(details.childNodes).filter((node) => node.nodeName !== "SUMMARY");
  details.remove();
  return nodes;
}
