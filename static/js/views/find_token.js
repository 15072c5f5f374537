/** A way to one of thousands of tokens: by its position, or by what stands there. */
import {html} from "htm/preact";
import {useState} from "preact/hooks";
import {leadsTo} from "../windowing.js";

export function FindToken({t, tokens, chosen, onPick}) {
  const [words, setWords] = useState(""), [none, setNone] = useState(false);
  const go = (event) => {
    event.preventDefault();
    const to = leadsTo(tokens, words, chosen);
    setNone(words.trim() !== "" && to === null);
    if (to !== null) onPick(to);
  };
  return html`
    <form class="find-token" role="search" onSubmit=${go}>
      <input type="search" value=${words} placeholder=${t("words or position")} aria-label=${t("Find a token: words, or a position from 0 to {last}", {last: tokens.length - 1})}
        aria-invalid=${none} title=${t("Enter leads to the next place")} onInput=${(event) => { setWords(event.target.value); setNone(false); }} />
      <span role="status">${none && t("not found")}</span>
    </form>`;
}
