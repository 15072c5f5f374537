/** One cell, number by number: q . k, the scale, the mask, the softmax over its row, the weighted sum. */
import {html} from "htm/preact";
import {useCallback, useMemo} from "preact/hooks";
import {byRoot, keyHead, workedCell} from "../attention.js";
import {editsOf, kindOf} from "../edits.js";
import {ALL, number} from "../format.js";
import {CellHeader} from "./cell_header.js";
import {Masked, MaskedAfter} from "./masked_row.js";
import {worked} from "./precision.js";
import {RowTable} from "./row_table.js";
import {Equation} from "./sideways.js";
import {Strip} from "./strip.js";

export function WorkedCell({t, trace, site, head, cell, theme, digits, onDigits, onPick, onView, name = t("Worked cell")}) {
  const one = trace.head(site, head), work = useMemo(() => workedCell(one, cell.query, cell.key), [one, cell.query, cell.key]);
  const queries = trace.along(site, "query"), keys = trace.along(site, "key");
  const show = useCallback((x) => number(x, digits), [digits]), {nKeyHeads} = one, own = keyHead(head, site.n_heads, nKeyHeads);
  const replaced = editsOf(trace.request.edits ?? [], site, head).some((edit) => ["zero", "mean"].includes(kindOf(edit))); // z by what the edit says
  /** Where a tensor's numbers lie in the trace, and the view that draws them. */
  const lives = (name, ...index) => {
    const address = `${name}[${index.join(", ")}]`;
    return html`<button type="button" class="quiet lives" title=${`${site.name}.${address}`} aria-label=${t("{name}: show it", {name: address})}
      onClick=${() => onView(DRAWN[name])}>${address}</button>`;
  };
  return html`
    <section class="worked" aria-label=${name}>
      <${CellHeader} ...${{t, work, digits, onDigits}} title=${t("Worked cell")} query=${queries[cell.query]} key_=${keys[cell.key]} />
      <p class="note">${t("Address {address}: tensor[head, query, key], counted from 0.", {address: `scores[${head}, ${cell.query}, ${cell.key}]`})}</p>
      ${digits === ALL && html`<p class="note">${worked(t)}</p>`}
      <ol class="steps">
        <${DotProduct} ...${{t, work, show, theme}} shared=${nKeyHeads < site.n_heads ? {head, own, n_heads: site.n_heads, nKeyHeads} : null} lives=${html`${lives("q", head, cell.query)} ${lives("k", own, cell.key)}`} />
        <${Scaled} ...${{t, work, show, dHead: one.dHead, softcap: one.softcap}} lives=${lives("scores", head, cell.query, cell.key)} />
        <${Masked} ...${{t, trace, site, one, work, show, keys, cell, onPick}} />
        <${Softmax} ...${{t, work, show, keys, cell, one, onPick}} lives=${lives("pattern", head, cell.query, cell.key)} />
        <${WeightedSum} ...${{t, work, show, theme}} replaced=${replaced} lives=${html`${lives("v", own, cell.key)} ${lives("z", head, cell.query)}`} />
      </ol>
      ${!one.sinks && html`<${MaskedAfter} ...${{t, one, work, show, keys, cell, onPick}} />`}
    </section>`;
}

const DRAWN = {q: "qkv", k: "qkv", v: "qkv", scores: "scores", pattern: "weights", z: "values"}; // tensor -> the view it is in

function DotProduct({t, work, show, theme, shared, lives}) {
  const size = Math.max(...work.q.map(Math.abs), ...work.k.map(Math.abs), 1e-9);
  const product = Math.max(...work.products.map(Math.abs), 1e-9);
  return html`
    <li>
      <h3>${t("Dot product")} <span class="formula"><b class="of-query">q</b> · <b class="of-key">k</b></span> <span class="home">${lives}</span></h3>
      <p class="meaning">${t("Query and key, multiplied feature by feature and added up: how well they match.")}</p>
      ${shared && html`<p class="note">${t("{n_heads} query heads share {nKeyHeads} heads of keys and values: query head {head} reads key head {own}.", shared)}</p>`}
      <${Strip} name="q" role="query" values=${work.q} largest=${size} theme=${theme} show=${show} />
      <${Strip} name="k" role="key" values=${work.k} largest=${size} theme=${theme} show=${show} />
      <${Strip} name="q × k" role="" values=${work.products} largest=${product} theme=${theme} show=${show} />
      <${Equation} class="equation" lang="en"><math><mrow><munder><mo>∑</mo><mi>i</mi></munder><msub><mi>q</mi><mi>i</mi></msub>
        <msub><mi>k</mi><mi>i</mi></msub><mo>=</mo><mn>${show(work.dot)}</mn></mrow></math><//>
    </li>`;
}

function Scaled({t, work, show, dHead, softcap, lives}) {
  const rooted = byRoot({scale: work.scale, dHead});
  return html`
    <li>
      <h3>${t("Scale")} <span class="home">${lives}</span></h3>
      <p class="meaning">${rooted ? t("Divided by the root of the number of features, so that wide heads do not get large scores.")
        : t("Times the model's own scale, which is not one over the root of the number of features.")}</p>
      <${Equation} class="equation" lang="en">
        ${rooted && html`<math><mrow><mn>${show(work.dot)}</mn><mo>×</mo><mfrac><mn>1</mn><msqrt><mn>${dHead}</mn></msqrt></mfrac></mrow></math>`}
        ${" "}<math><mrow>${rooted && html`<mo>=</mo>`}<mn>${show(work.dot)}</mn><mo>×</mo><mn>${show(work.scale)}</mn></mrow></math>
        ${" "}<math><mrow><mo>=</mo><mn>${show(work.dot * work.scale)}</mn></mrow></math><//>
      ${work.capped !== null && html`<p class="meaning">${t("The model caps its scores softly: c · tanh(score / c).")}</p>
        <${Equation} class="equation" lang="en"><math><mrow><mn>${softcap}</mn><mo>·</mo><mi>tanh</mi><mo>(</mo><mn>${show(work.dot * work.scale)}</mn><mo>/</mo><mn>${softcap}</mn><mo>)</mo></mrow></math>
          ${" "}<math><mrow><mo>=</mo><mn>${show(work.capped)}</mn></mrow></math><//>`}
      ${work.bias !== null && html`<p class="meaning">${t("The model adds a learned bias for the distance between query and key.")}</p>
        <${Equation} class="equation" lang="en"><math><mrow><mn>${show(work.capped ?? work.dot * work.scale)}</mn><mo>+</mo><mn>${bracketed(show(work.bias))}</mn></mrow></math>
          ${" "}<math><mrow><mo>=</mo><mn>${show(work.score)}</mn></mrow></math><//>`}
    </li>`;
}

function Softmax({t, work, show, keys, cell, one, onPick, lives}) {
  const power = work.visible ? show(work.score) : "−∞";
  return html`
    <li>
      <h3>${t("Softmax over the row")} <span class="home">${lives}</span></h3>
      <p class="meaning">${one.sinks ? t("e to the power of each score, divided by the sum of the row and of the sink's own term: the weights add up to less than 1. The number taken off is the log of that sum.")
        : t("e to the power of each score, divided by the sum of the row: weights that add up to 1. The number taken off is the log of that sum.")}</p>
      ${work.seen === 0 ? html`<p class="equation hidden-key">${t("No key is visible: there is nothing to divide by, and the weight is 0.")}</p>`
        : html`<${Equation} class="equation" lang="en"><math><mrow><mfrac><msup><mi>e</mi><mn>${power}</mn></msup>
          <mrow><munder><mo>∑</mo><mtext>${t("row")}</mtext></munder><msup><mi>e</mi><mi>s</mi></msup>${one.sinks && html`<mo>+</mo><msup><mi>e</mi><mtext>${t("sink")}</mtext></msup>`}</mrow></mfrac></mrow></math>
        ${" "}<math><mrow><mo>=</mo><msup><mi>e</mi><mrow><mn>${power}</mn><mo>−</mo><mn>${bracketed(show(work.logDenominator))}</mn></mrow></msup></mrow></math>
        ${" "}<math><mrow><mo>=</mo><mn class="result">${show(work.weight)}</mn></mrow></math><//>`}
      <${RowTable} ...${{t, one, keys, cell, show, onPick}} weights=${work.weights} scores=${work.scores} sum=${work.rowSum}
        before=${work.seen < keys.length && !one.sinks ? work.before : null} />
      ${one.sinks && html`<p class="note">${t("The rest, {rest}, goes to the model's sink.", {rest: show(1 - work.rowSum)})}</p>`}
    </li>`;
}

const bracketed = (number) => (number.startsWith("−") ? `(${number})` : number);

function WeightedSum({t, work, show, theme, replaced, lives}) {
  const size = Math.max(...work.v.map(Math.abs), ...work.sum.map(Math.abs), 1e-9);
  return html`
    <li>
      <h3>${t("Weighted sum")} <span class="formula">z = ∑ ${t("weight")} · <b class="of-value">v</b></span> <span class="home">${lives}</span></h3>
      <p class="meaning">${t("Every value times its weight, added up: what this head brings to the token.")}</p>
      <${Strip} name="v" role="value" values=${work.v} largest=${size} theme=${theme} show=${show} />
      <${Strip} name="w × v" role="value" values=${work.moved} largest=${size} theme=${theme} show=${show} />
      <${Strip} name="z" role="" values=${work.sum} largest=${size} theme=${theme} show=${show} />
      ${work.seen === 0 && html`<p class="equation hidden-key">${t("z is a sum over no keys: exactly zero.")}</p>`}
      ${replaced ? html`
        <p class="checked">${t("This is what the head would bring. The edit puts another z in its place, which the model goes on with:")}</p>
        <${Strip} name="z" role="" values=${work.z} largest=${size} theme=${theme} show=${show} />`
        : html`<p class="checked">${t("Worked again here from q, k and v. Largest difference from the model's own z: {difference}.",
        {difference: number(work.difference, 2)})}</p>`}
    </li>`;
}
