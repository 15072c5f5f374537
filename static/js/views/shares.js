/** What every head of a site adds to the residual stream at one position, and its share of the whole. */
import {html} from "htm/preact";
import {number, percent} from "../format.js";
import {added} from "../values.js";
import {walked} from "./walk.js";

export function Shares({t, trace, site, head, query, show, onPick}) {
  const heads = added(trace, site, query), places = heads.map((one) => one.head);
  if (!heads.length) return html`<p class="note" role="status">${t("What the heads add to the residual stream is being worked out.")}</p>`;
  const nothing = heads.some(({share}) => Number.isNaN(share));
  const longest = Math.max(...heads.map(({norm}) => norm), 1e-9);
  const most = nothing ? 1 : Math.max(...heads.map(({share}) => Math.abs(share)));
  const out = site.query === site.key ? "attn_out" : "cross_out", between = trace.names?.includes(site.name.replace(/[^.]+$/, `norm_${out}.normalized`));
  return html`
    <section class="shares">
      <h3>${t("What the heads of this attention add to the residual stream")}</h3>
      <p class="meaning">${t("The residual stream is the vector that a token carries from block to block; every part of a block adds to it. Each head's z goes through its own columns of W_O; the sum is {out}, but for the bias, which belongs to no head. The share is how far a head's part reaches along that sum: all shares add up to 100 %, and one below zero works against the others.", {out})}</p>
      ${between && html`<p class="note">${t("In this model {out} goes through a norm before it is added. Lengths and shares are those before the norm.", {out})}</p>`}
      <table class="bars" onKeyDown=${(event) => walked(event, places, head, onPick)}>
        <thead><tr><th scope="col">${t("head")}</th><th scope="col">${t("vector norm")}</th><th scope="col">${t("share of {out}", {out})}</th></tr></thead>
        <tbody>
          ${heads.map((one) => html`
            <tr key=${one.head} class=${one.head === head ? "chosen" : ""}>
              <th scope="row"><button type="button" tabindex=${one.head === head ? 0 : -1} aria-pressed=${one.head === head}
                data-place=${one.head} onClick=${() => onPick(one.head)}>${t("head {head}", {head: one.head})}</button></th>
              <td><i class="length" style=${{"--length": one.norm / longest}}></i><span>${show(one.norm)}</span></td>
              <td class="signed">${!nothing && html`<i class="length ${one.share < 0 ? "against" : "along"}"
                style=${{"--length": Math.abs(one.share) / most}}></i>`}<span>${nothing ? "–" : percent(one.share)}</span></td>
            </tr>`)}
        </tbody>
        ${!nothing && html`<tfoot><tr><th scope="row">${t("sum")}</th><td></td>
          <td class="signed">${number(100 * heads.reduce((sum, {share}) => sum + share, 0))} %</td></tr></tfoot>`}
      </table>
      ${nothing && html`<p class="note">${t("The heads add nothing here, so there are no shares.")}</p>`}
    </section>`;
}
