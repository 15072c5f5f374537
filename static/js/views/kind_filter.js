/** By which kind of head the grid is sifted and sorted, a search, and what each kind means. */
import {html} from "htm/preact";
import {isOf} from "../kinds.js";

export function KindFilter({t, lang, trace, kinds, kind, sort, search, here, onKind, onSort, onSearch}) {
  const counts = Object.fromEntries(kinds.map(({name}) => [name, countOf(trace, name)]));
  const all = trace.sites.length;
  return html`
    <div class="kinds">
      <label><span class="caption">${t("Kind of head")}</span>
        <select value=${kind} onChange=${(event) => onKind(event.currentTarget.value)}>
          <option value="">${t("every kind")}</option>
          ${kinds.map(({name, title}) => html`<option value=${name} selected=${name === kind}>${title[lang]} (${counts[name]})</option>`)}
        </select>
      </label>
      <label><span class="caption">${t("Search")}</span>
        <input type="search" value=${search} placeholder=${t("kind, or 1.2")} title=${t("A kind, or block and head: 1.2 is head 2 of block 1")} onInput=${(event) => onSearch(event.currentTarget.value)} />
      </label>
      ${kind && html`
        <label class="check"><input type="checkbox" checked=${sort === "score"}
          onChange=${(event) => onSort(event.currentTarget.checked ? "score" : "block")} /> ${t("the highest score first")}</label>`}
      ${here < all && html`<p class="note" role="status">${t("Kinds are worked out for {here} of {all} attentions so far.", {here, all})}</p>`}
      <details>
        <summary>${t("What the kinds are")}</summary>
        <dl>
          ${kinds.map(({name, title, meaning}) => html`
            <dt><button type="button" class="quiet" aria-pressed=${name === kind} onClick=${() => onKind(name === kind ? "" : name)}>${title[lang]}</button></dt>
            <dd>${meaning[lang]}</dd>`)}
        </dl>
        <p>${t("A score is the share of a head's attention that falls where this kind would look, the mean over the tokens that have such a place, on this sentence. A head is named after the kind in which it is furthest above chance, from a third of the way on; a head of no such kind is broad if 0.65 of its attention is where an even spread would put it.")}</p>
      </details>
    </div>`;
}

const countOf = (trace, kind) => trace.sites.reduce((n, site) => n
  + Array.from({length: site.n_heads}, (_, head) => isOf(trace, site, head, kind)).filter(Boolean).length, 0);
