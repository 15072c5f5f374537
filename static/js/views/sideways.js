/** What may be wider than its place and scrolls there: towards where there is more, its edge fades (headlight.css, [data-more]). */
import {html} from "htm/preact";
import {useEffect, useRef, useState} from "preact/hooks";

/** -> on which sides of a box there is more of it: "", "before", "after" or "before after" */
export function useMore(box) {
  const [more, setMore] = useState("");
  const look = () => { if (box.current) setMore(beyond(box.current)); }; // it may be gone before it is looked at
  useEffect(() => { look(); }); // what is in the box may have changed
  useEffect(() => {
    const node = box.current, observer = new ResizeObserver(look);
    observer.observe(node);
    node.addEventListener("scroll", look, {passive: true});
    return () => {
      observer.disconnect();
      node.removeEventListener("scroll", look);
    };
  }, []);
  return more;
}

const beyond = ({scrollLeft, scrollWidth, clientWidth}) =>
  [scrollLeft > 1 && "before", scrollLeft + clientWidth < scrollWidth - 1 && "after"].filter(Boolean).join(" ");

/** A formula; the keyboard can scroll it where it is too wide. */
export function Equation({children, ...rest}) {
  const box = useRef(null), more = useMore(box);
  return html`<p ref=${box} ...${rest} data-more=${more} tabindex=${more ? 0 : undefined}>${children}</p>`;
}
