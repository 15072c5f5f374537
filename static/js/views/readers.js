/** Who reads the neighbours of a hidden word: every head with what it reads to the left, to the right, on the word itself and on special tokens. */
import {html} from "htm/preact";
import {useMemo} from "preact/hooks";
import {percent} from "../format.js";
import {headName} from "../names.js";
import {COLUMNS, meanSides, ranked, readers} from "../sides.js";
import {Token} from "./token.js";
import {walked} from "./walk.js";

/** @param {any} props at: the hidden position; column: which of COLUMNS the heads are ranked by; arrived: counts what came late of the run */
export function Readers({t, trace, at, site, head, column, arrived, on}) {
  const heads = useMemo(() => readers(trace, at), [trace, at, arrived]), rows = useMemo(() => ranked(heads, column), [heads, column]);
  const tokens = trace.tokens.source, chosen = rows.findIndex((one) => one.site.name === site.name && one.head === head), stop = Math.max(0, chosen);
  const cellOf = ({neighbour}) => ({query: at, key: neighbour ?? at});
  const walk = (i) => { on.head(rows[i].site.name, rows[i].head); on.pick(cellOf(rows[i])); };
  return html`
    <section class="readers" aria-label=${t("Who reads the neighbours")}>
      <h2>${t("Who reads the neighbours")} <span class="of-query"><${Token} token=${tokens[at]} /><sub>${at}</sub></span></h2>
      <${Mean} ...${{t, heads}} />
      <div class="scroll">
        <table>
          <caption>${t("Where each head's weight goes at this position. A press shows the head and its strongest neighbour.")}</caption>
          <thead><tr>
            <th scope="col" title=${t("block · head")}>${t("head")}</th>
            ${COLUMNS.map((name) => html`
              <th scope="col" class=${name} aria-sort=${name === column ? "descending" : "none"}><button type="button" class="quiet" onClick=${() => on.show({reads: name})}>${columnName(t, name)}</button></th>
              ${name === "left" && html`<td class="split"></td>`}`)}
          </tr></thead>
          <tbody onKeyDown=${(event) => walked(event, rows.map((_, i) => i), stop, walk)}>${rows.map((one, i) => html`
            <tr key=${`${one.site.name}/${one.head}`} class=${i === chosen ? "chosen" : ""}>
              <th scope="row"><button type="button" data-place=${i} tabindex=${i === stop ? 0 : -1} aria-pressed=${i === chosen} aria-label=${headName(t, one.site, one.head)}
                onClick=${() => on.look({site: one.site.name, head: one.head, ...cellOf(one)})}>${one.site.layer} · ${one.head}</button></th>
              <td class="left">${percent(one.left)}</td>
              <td class="split" aria-hidden="true"><div><i style=${{"--length": one.left}}></i><i style=${{"--length": one.right}}></i></div></td>
              <td class="right">${percent(one.right)}</td><td class="itself">${percent(one.itself)}</td><td class="special">${percent(one.special)}</td>
              <td class="most">${one.neighbour === null ? "–" : html`<${Token} token=${tokens[one.neighbour]} length=${8} /><sub>${one.neighbour}</sub> <small>${percent(one.most)}</small>`}</td>
            </tr>`)}</tbody>
        </table>
      </div>
    </section>`;
}

const columnName = (t, name) => ({
  left: t("left"), right: t("right"), itself: t("itself"), special: t("special"), most: t("strongest neighbour"),
}[name]);

/** How all heads look to either side, and what of it a decoder would not see. */
function Mean({t, heads}) {
  if (!heads.length) return html`<p class="note" role="status">${t("Loading…")}</p>`;
  const mean = meanSides(heads), said = Object.fromEntries(Object.entries(mean).map(([name, share]) => [name, percent(share)]));
  return html`
    <p class="mean">${t("On average, {count} heads put {left} of their weight on the left side, {right} on the right, {itself} on the token itself and {special} on special tokens.", {count: heads.length, ...said})}${" "}
      ${mean.ahead === 0 ? t("Under this mask no head sees the right side: so a decoder reads.")
        : t("A decoder could not see anything to the right: it would be without {ahead} of this weight, special tokens included.", said)}</p>`;
}
