/** How the attention of each written token is spread over the first position, what was given, and the model's own words: a stacked area. */
import {html} from "htm/preact";
import {useMemo} from "preact/hooks";
import {count, percent} from "../format.js";
import {label} from "../labels.js";
import {missingAt} from "../portions.js";
import {PARTS, bytesOf, meanShares, shares} from "../spread.js";
import {Choice} from "./choice.js";

const NONE = [];
const WIDTH = 340, HEIGHT = 150, LEFT = 4, TOP = 4;

/** @param {any} props over: whose attention, one head's or the mean of all heads of its block or of the model; gathering: what comes of those that are not here, as gathering.js tells it */
export function Spread({t, trace, shown: {site, head}, cell, begun, over, writing: {gathering} = {gathering: null}, on}) {
  const lacking = over === "head" || begun === null || site.query !== site.key ? NONE : meant(trace, site, over).filter((one) => missingAt(trace, one).length);
  const columns = useMemo(() => (lacking.length || begun === null || site.query !== site.key ? [] : trace.along(site, "query").slice(begun)
    .map((token, i) => ({token, query: begun + i, ...at(trace, site, head, over, begun + i, begun)}))), [trace, site, head, over, begun, lacking.length]);
  if (site.query !== site.key) return html`<p class="note">${t("This is cross-attention: it looks at the source alone. Choose a head of self-attention to see how it is spread over what was given and what was written.")}</p>`;
  if (begun === null || site.query !== trace.predicted) return html`<p class="note">${t("Nothing is written yet. Write some tokens, and each gets a column here.")}</p>`;
  const choice = html`<${Choice} legend=${t("Of")} options=${[["head", t("this head")], ["block", t("its block")], ["model", t("all heads")]]} value=${over} onChoose=${(value) => on.show({over: value})} />`;
  if (lacking.length) return html`<div class="spread">${choice}<${Lacking} ...${{t, trace, lacking, gathering, on}} of=${meant(trace, site, over)} /></div>`;
  const one = columns.find(({query}) => query === cell.query) ?? columns.at(-1);
  return html`
    <div class="spread">
      ${choice}
      <${Area} ...${{t, columns, one, on}} />
      <table class="parts">
        <caption>${t("How the attention of {token} is spread, position {position}", {token: label(one.token), position: one.query})}</caption>
        <tbody>${PARTS.map((part) => html`<tr><th scope="row"><i class=${`part ${part}`}></i>${partName(t, part)}</th><td>${percent(one[part])}</td></tr>`)}</tbody>
      </table>
      <p class="note">${site.sinks ? t("Each column is a written token, read as a query: what it looks at while the next one is predicted. What the shares lack of 100 % goes to the model's sink.")
        : t("Each column is a written token, read as a query: what it looks at while the next one is predicted. The shares add up to 100 %.")}</p>
    </div>`;
}

/** What a mean over all heads still needs. The attention of the chosen head comes by itself. */
function Lacking({t, trace, lacking, of, gathering, on}) {
  if (of.length === 1 || !gathering) return html`<p class="note" role="status">${t("Loading…")}</p>`;
  const heads = of.reduce((sum, site) => sum + site.n_heads, 0), numbers = {heads: count(heads), of: of.length, here: of.length - lacking.length, size: count(Math.ceil(bytesOf(trace, lacking) / 1e6))};
  return html`
    <p class="note" role="status">${t("The mean over all {heads} heads is worked out here, from the queries and keys of {of} attentions. Fetched so far: {here}; the rest takes about {size} MB, and for the next token as much again.", numbers)}</p>
    ${gathering.problem && html`<p class="refusal">${gathering.problem}</p>`}
    <p>${gathering.going && html`<progress max=${of.length} value=${numbers.here} aria-label=${t("attentions that are here")}></progress> `}
      <button type="button" class="quiet" onClick=${() => (gathering.going ? on.write.gather.stop() : on.write.gather.start(lacking))}>${gathering.going ? t("Stop") : t("Fetch them")}</button></p>`;
}

export const partName = (t, part) => ({
  first: t("first position"), given: t("what was given"), own: t("what it wrote before"), itself: t("itself"),
}[part]);

/** The attentions that a mean is taken over. */
const meant = (trace, site, over) => (over === "block" ? [site] : trace.sites.filter((one) => one.query === site.query && one.key === site.key && one.name.endsWith(".attn")));

/** The shares of one query: of a head, or the mean over the heads of a block or of all blocks. */
export function at(trace, site, head, over, query, begun) {
  if (over === "head") return shares(trace.row(site, head, query), query, begun);
  return meanShares(meant(trace, site, over).flatMap((one) => Array.from({length: one.n_heads}, (_, i) => trace.row(one, i, query))), query, begun);
}

function Area({t, columns, one, on}) {
  const wide = (WIDTH - 2 * LEFT) / columns.length, x = (i) => LEFT + i * wide, y = (sum) => TOP + (HEIGHT - 2 * TOP) * (1 - sum);
  let below = columns.map(() => 0);
  const layers = PARTS.map((part) => {
    const above = below.map((sum, i) => sum + columns[i][part]);
    const d = `M${x(0)} ${y(below[0])}${above.map((sum, i) => `L${x(i)} ${y(sum)}L${x(i + 1)} ${y(sum)}`).join("")}${[...below].reverse().map((sum, i) => `L${x(below.length - i)} ${y(sum)}L${x(below.length - i - 1)} ${y(sum)}`).join("")}Z`;
    below = above;
    return html`<path class=${`part ${part}`} d=${d} />`;
  });
  const now = columns.indexOf(one);
  const pick = (event) => {
    const box = event.currentTarget.getBoundingClientRect();
    on.query(columns[Math.max(0, Math.min(columns.length - 1, Math.floor((event.clientX - box.left) / box.width * columns.length)))].query);
  };
  const walk = (event) => {
    const to = {ArrowLeft: now - 1, ArrowRight: now + 1, Home: 0, End: columns.length - 1}[event.key];
    if (columns[to] === undefined) return;
    event.preventDefault();
    on.query(columns[to].query);
  };
  return html`
    <svg class="area" viewBox=${`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="application" tabindex="0" onClick=${pick} onKeyDown=${walk}
      aria-label=${t("Shares of attention, a column for each of {count} written tokens. Arrow keys choose one.", {count: columns.length})}>
      ${layers}<rect class="now" x=${x(now)} y=${TOP} width=${wide} height=${HEIGHT - 2 * TOP} />
    </svg>`;
}
