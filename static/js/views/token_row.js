/** The model's own inputs, special tokens included, with their positions; choosing one chooses its row. */
import {html} from "htm/preact";
import {Token} from "./token.js";

/** @param {{tokens: any[], selected: number|null, role: "query"|"key"|"both", onPick: (i: number) => void}} props */
export function TokenRow({t, title, tokens, query, key_, onPick, pick}) {
  return html`
    <div class="token-row">
      <span class="caption">${title}</span>
      <ol class="tokens">
        ${tokens.map((token, i) => html`
          <li>
            <button type="button" class="${i === query ? "is-query" : ""} ${i === key_ ? "is-key" : ""}"
              aria-label=${t("{action} {index}: {token}", {action: pick, index: i, token: token.text})}
              aria-pressed=${i === query} onClick=${() => onPick(i)}>
              <${Token} token=${token} /><sub>${i}</sub>
            </button>
          </li>`)}
      </ol>
    </div>`;
}
