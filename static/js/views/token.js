/** One token as text, isolated from its neighbours' direction and in its own language. */
import {html} from "htm/preact";
import {elide, label, language, spelt} from "../labels.js";

export function Token({token, length = 24}) {
  const text = label(token);
  const special = token.start === null ? "special" : "";
  return html`<bdi class="token ${special}" lang=${language(token.text)} title=${spelt(token)}>${elide(text, length)}</bdi>`;
}
