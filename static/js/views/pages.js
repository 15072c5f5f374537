/** Which part of many tokens is shown, and the buttons that lead to the parts before and after. */
import {html} from "htm/preact";

export function Pages({t, name, count, page: {from, to}, onTurn}) {
  if (to - from === count) return null;
  return html`
    <div class="pages" role="group" aria-label=${name}>
      <button type="button" aria-label=${t("The tokens before")} disabled=${from === 0} onClick=${() => onTurn(-1)}>‹</button>
      <span>${t("{name} {from} to {to} of {count}", {name, from, to: to - 1, count})}</span>
      <button type="button" aria-label=${t("The next tokens")} disabled=${to === count} onClick=${() => onTurn(1)}>›</button>
    </div>`;
}
