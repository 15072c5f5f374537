/** One query after the other: what each may see, and the rows that are not read yet covered. */
import {html} from "htm/preact";
import {Token} from "./token.js";

export function TokenSteps({t, trace, site, head, cell, rows, walking, covers, on}) {
  const {nQuery, nKey, visible} = trace.head(site, head), {query} = cell;
  const seen = Array.from({length: nKey}, (_, key) => visible(query, key)).filter(Boolean).length;
  const step = (by) => on.query(Math.min(nQuery - 1, Math.max(0, query + by)));
  return html`
    <div class="token-steps" role="group" aria-label=${t("Token by token")}>
      <button type="button" aria-pressed=${walking} onClick=${on.walk}>${walking ? t("Pause") : t("Token by token")}</button>
      <button type="button" aria-label=${t("The query before")} disabled=${query === 0} onClick=${() => step(-1)}>‹</button>
      <button type="button" aria-label=${t("The next query")} disabled=${query === nQuery - 1} onClick=${() => step(1)}>›</button>
      ${covers && html`
        <label class="check"><input type="checkbox" checked=${rows === "read"}
          onChange=${(event) => on.rows(event.currentTarget.checked ? "read" : "all")} /> ${t("cover the rows after it")}</label>`}
      <span class="told"><${Token} token=${trace.along(site, "query")[query]} />
        ${seen === nKey ? t("sees all {count} keys.", {count: nKey}) : t("sees {seen} of {count} keys.", {seen, count: nKey})}</span>
    </div>`;
}
