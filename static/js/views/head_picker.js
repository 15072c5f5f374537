/** The heads of one attention as a row of buttons. */
import {html} from "htm/preact";

export function Heads({t, site, head, onHead}) {
  return html`
    <div class="head-picker" role="group" aria-label=${t("Head")}><span class="caption">${t("Head")}</span>
      ${Array.from({length: site.n_heads}, (_, i) => html`
        <button type="button" aria-pressed=${i === head} aria-label=${t("head {head}", {head: i})} onClick=${() => onHead(site.name, i)}>${i}</button>`)}
    </div>`;
}
