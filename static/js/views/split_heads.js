/** One head of four features beside two heads of two on the same queries and keys; below, what the heads add flowing together into one stream. */
import {html} from "htm/preact";
import {favourites, splitProducts, summed} from "../head_sums.js";
import {number} from "../format.js";
import {label} from "../labels.js";
import {Token} from "./token.js";

/**
 * @param {any} props one, two: runs of the same matrices as one head and as two; site: its name in both; query: position; out: what the attention of the run
 * that is shown adds at each position; alone: by head, what it adds where the others are off; on: by head
 */
export function SplitHeads({t, one, two, site: name, query, alone, out, whole, on, onQuery, onHead}) {
  const wide = one.site(name), narrow = two.site(name), tokens = two.along(narrow, "key");
  const products = splitProducts(one.head(wide, 0), query, narrow.n_heads);
  const heads = Array.from({length: narrow.n_heads}, (_, head) => ({head, weights: Array.from(two.row(narrow, head, query))}));
  return html`
    <div class="split-heads">
      <p class="queries" role="group" aria-label=${t("The query")}><span class="caption">${t("query: who looks")}</span>
        ${tokens.map((token, i) => html`<button type="button" aria-pressed=${i === query} onClick=${() => onQuery(i)}><${Token} token=${token} /></button>`)}</p>
      <div class="contrast">
        <div class="contrasted">
          <h3>${t("1 head of {size}", {size: one.head(wide, 0).dHead})}</h3>
          <table>
            <thead><tr><th scope="col">${t("key")}</th><th scope="col">q·k</th><th scope="col">${t("weight")}</th></tr></thead>
            <tbody>${products.map(({whole: sum, parts}, key) => html`
              <tr><${Key} token=${tokens[key]} /><td class="sum">${parts.map((x, i) => html`${i > 0 && " + "}<span class=${`head-${i}`}>${signed(x)}</span>`)} = <b>${signed(sum)}</b></td>
                <${Bar} weight=${one.row(wide, 0, query)[key]} /></tr>`)}</tbody>
          </table>
          <${Favourite} ...${{t, tokens}} weights=${Array.from(one.row(wide, 0, query))} />
        </div>
        <div class="contrasted">
          <h3>${t("{count} heads of {size}", {count: narrow.n_heads, size: two.head(narrow, 0).dHead})}</h3>
          <div class="narrow">
            ${heads.map(({head, weights}) => html`
              <div class=${`head-${head} ${on[head] ? "" : "off"}`}>
                <button type="button" class="switch" role="switch" aria-checked=${on[head]} onClick=${() => onHead(head)}>${t("head {head}", {head})}: ${on[head] ? t("on") : t("off")}</button>
                <table>
                  <thead><tr><th scope="col">${t("key")}</th><th scope="col">q·k</th><th scope="col">${t("weight")}</th></tr></thead>
                  <tbody>${weights.map((weight, key) => html`<tr><${Key} token=${tokens[key]} /><td>${signed(products[key].parts[head])}</td><${Bar} weight=${weight} /></tr>`)}</tbody>
                </table>
                <${Favourite} ...${{t, tokens, weights}} />
              </div>`)}
          </div>
        </div>
      </div>
      <${Stream} ...${{t, query, alone, out, whole, on, token: tokens[query]}} z=${heads.map(({head}) => Array.from(two.head(narrow, head).z(query)))} />
    </div>`;
}

const Key = ({token}) => html`<th scope="row"><${Token} token=${token} /></th>`;

const Bar = ({weight}) => html`<td class="weight"><i style=${{"--weight": weight}}></i><span>${weight.toFixed(4)}</span></td>`;

/** Where the query looks most, in a sentence. */
function Favourite({t, tokens, weights}) {
  const found = favourites(weights), names = found.map((key) => `“${label(tokens[key])}”`).join(t(" and "));
  return html`<p class="told">${found.length === 0 ? t("Looks at all alike: it asks nothing.") : found.length === 1 ? t("Looks most at {keys}.", {keys: names}) : t("Looks at {keys} most, at each alike.", {keys: names})}</p>`;
}

/** What each head makes, z, what W_O makes of it, and the sum that the attention of this very run adds. */
function Stream({t, query, token, z, alone, out, whole, on}) {
  const parts = alone.map((rows, head) => (on[head] ? rows[query] : rows[query].map(() => 0))), sum = summed(parts);
  const difference = Math.max(...sum.map((x, i) => Math.abs(x - out[query][i])));
  return html`
    <div class="into-stream" aria-live="polite">
      <h3>${t("Into one stream, at {token}", {token: label(token)})}</h3>
      <div class="flow" key=${query}>
        ${parts.map((row, head) => html`
          <p class=${`head-${head} ${on[head] ? "" : "off"}`}>
            ${on[head] ? html`<span>z<sub>${head}</sub> = <${Row} values=${z[head]} /></span> <span>z<sub>${head}</sub> W<sub>O</sub><sup>${head}</sup> = <${Row} values=${row} /></span>`
              : html`<span>${t("head {head} is off and adds", {head})}</span> <${Row} values=${row} />`}</p>`)}
        <p class="sum"><span>${t("sum: what is added to the stream")}</span> <${Row} values=${out[query]} /></p>
      </div>
      <p class="note">${t("The sum is the model's own result in the run with exactly these heads on; adding the rows here differs from it by {difference}. The one head of 4 would add", {difference: number(difference, 2)})} <${Row} values=${whole[query]} /></p>
    </div>`;
}

const Row = ({values}) => html`<code>[${values.map((x) => x.toFixed(4).replace("-", "−")).join(" ")}]</code>`;

const signed = (x) => number(x, 3);
