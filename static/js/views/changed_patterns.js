/** The heads whose patterns changed most, the largest change of a weight of each; a click chooses the head and that cell. */
import {html} from "htm/preact";
import {number} from "../format.js";
import {label} from "../labels.js";
import {headName, siteName} from "../names.js";

const SHOWN = 8;

/** @param {any} props changes: of the heads that are compared; all: whether these are all that can be */
export function ChangedPatterns({t, trace, changes, all = true, chosen, onPick}) {
  const changed = changes.filter(({size}) => size > 0), heads = trace.sites.reduce((n, site) => n + site.n_heads, 0);
  const several = new Set(trace.sites.map((site) => siteName(t, site))).size > 1;
  const token = (site, axis, i) => label(trace.along(site, axis)[i]);
  return html`
    <section class="changed-patterns">
      <h3>${t("Patterns that changed most")}</h3>
      ${changed.length ? html`
        <ol>${changed.slice(0, SHOWN).map(({site, head, size, query, key, was, is}) => html`
          <li><button type="button" aria-pressed=${chosen.site.name === site.name && chosen.head === head} onClick=${() => onPick({site, head, query, key})}>
            <span class="bar" style=${{"--weight": Math.min(1, size)}}></span>
            <span class="who">${several && html`<small>${siteName(t, site)}</small> `}${headName(t, site, head)}</span>
            <span class="what">${t("{query} → {key}: {was} → {is}", {query: token(site, "query", query), key: token(site, "key", key), was: number(was, 3), is: number(is, 3)})}</span>
          </button></li>`)}</ol>` : all && html`<p class="note">${t("No pattern that can be compared has changed: what is edited lies after all of them.")}</p>`}
      ${!all && html`<p class="note" role="status">${t("Comparing the patterns, head by head: {count} so far.", {count: changes.length})}</p>`}
      ${all && changes.length < heads && html`<p class="note">${t("Of {all} heads {count} are compared: those whose queries and keys are here. Of a long sentence they come when a head is chosen.", {all: heads, count: changes.length})}</p>`}
    </section>`;
}
