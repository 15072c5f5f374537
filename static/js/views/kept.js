/** Why writing is quick: keys and values of what was read stay as they were, and only those of the new token are made. */
import {html} from "htm/preact";
import {useMemo} from "preact/hooks";
import {count, number} from "../format.js";
import {kept} from "../kept.js";

const SAME = 1e-4; // more than sums in another order make of float32

export function Kept({t, trace, writing: {former}}) {
  const found = useMemo(() => former && kept(former, trace), [former, trace]);
  const sites = trace.sites.filter(({query, key}) => query === "target" && key === "target");
  if (trace.alone) return html`<p class="note">${t("This model's family hands out its attention weights alone: its keys and values cannot be counted or compared here.")}</p>`;
  const {config} = trace.model, {shape: [heads, n, d]} = trace.tensors[`${sites[0].name}.k`] ?? {shape: [config.n_kv_heads ?? sites[0].n_heads, trace.tokens.target.length, config.d_head ?? config.d_model / config.n_heads]};
  const facts = {n, blocks: sites.length, heads, d, kept: count(2 * sites.length * heads * n * d), made: count(2 * sites.length * heads * d)};
  return html`
    <div class="kept">
      <p>${t("To write the next token, each block needs the query, key and value of the newest token alone, and the keys and values of all tokens before it. Those stay as they were, so they are kept: this is the key-value cache.")}</p>
      <table>
        <tbody>
          <tr><th scope="row">${t("kept")}</th><td>${t("2 × {blocks} blocks × {heads} heads × {n} tokens × {d} = {kept} numbers", facts)}</td></tr>
          <tr><th scope="row">${t("made for the next token")}</th><td>${t("2 × {blocks} × {heads} × 1 × {d} = {made} numbers", facts)}</td></tr>
          ${trace.model.kind === "encoder-decoder" && html`<tr><th scope="row">${t("made once")}</th><td>${t("the keys and values of the source, in each cross-attention")}</td></tr>`}
        </tbody>
      </table>
      <p class="checked">${found ? found.difference <= SAME
        ? t("Checked on this text: the last two runs, each from the beginning, have {numbers} keys and values in common places; the largest difference is {difference}.", {numbers: count(found.numbers), difference: number(found.difference, 2)})
        : t("Checked on this text: between the last two runs keys and values differ by up to {difference}. Under this mask earlier tokens look at later ones, so nothing can be kept and all is computed anew.", {difference: number(found.difference, 2)})
        : t("Write a token, and the keys and values before and after it are compared here.")}</p>
    </div>`;
}
