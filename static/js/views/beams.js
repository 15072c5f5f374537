/** Beam search, drawn: a column a step, a node a beginning that was weighed, the winner's way in the strong colour. */
import {html} from "htm/preact";
import {useLayoutEffect, useMemo, useRef} from "preact/hooks";
import {WIDTHS, idsOf, tree} from "../beams.js";
import {number} from "../format.js";
import {label, legible, special} from "../labels.js";
import {asToken} from "./candidates.js";
import {Token} from "./token.js";

const WIDE = 108, HIGH = 30, DROPPED = 2; // pixels a node; of those that were dropped the best are drawn

export function Beams({t, trace, searching: {steps, winner, problem, running, of, width, penalty}, on}) {
  const grown = useMemo(() => tree(steps, winner), [steps, winner]);
  return html`
    <div class="beams">
      <div class="shaping">
        <label><span class="caption">${t("beams")}</span><select value=${width} onChange=${(e) => on.beams.choose({beams: e.target.value})}>
          ${WIDTHS.map((n) => html`<option value=${n}>${n === "1" ? t("1: greedy") : n}</option>`)}</select></label>
        <label><span class="caption">${t("favour long ones")}</span><select value=${penalty} onChange=${(e) => on.beams.choose({penalty: e.target.value})}>
          ${[["0", t("no")], ["0.6", "0.6"], ["1", t("1: by the mean")]].map(([value, name]) => html`<option value=${value}>${name}</option>`)}</select></label>
        <button type="button" aria-pressed=${running} onClick=${running ? on.beams.stop : on.beams.start}>${running ? t("Stop") : t("Search")}</button>
      </div>
      ${problem && html`<p class="refusal">${problem}</p>`}
      ${steps.length === 0 && !problem && html`<p class="note">${running ? t("Searching…")
        : t("Greedy writing takes the likeliest token each time and may miss a likelier whole. A beam search follows several beginnings at once and keeps the best of each step.")}</p>`}
      ${grown.length > 0 && html`<${Tree} ...${{t, grown, on}} stale=${of !== trace} />`}
      ${winner && html`
        <p class="note" role="status">${t("The winner, with a log-probability of {total}:", {total: number(winner.total, 4)})} <bdi>${legible(winner.text)}</bdi></p>
        <p class="note">${t("A press on a node goes on from it. Solid nodes were kept, dashed ones dropped; a number is the log of the probability of the whole so far.")}</p>`}
    </div>`;
}

function Tree({t, grown, stale, on}) {
  const box = useRef(null);
  const columns = grown.map((nodes) => [...nodes.filter(({kept}) => kept), ...nodes.filter(({kept}) => !kept).slice(0, DROPPED)]);
  const tallest = Math.max(...columns.map((nodes) => nodes.length));
  const place = (node) => [node.at[0] * WIDE, columns[node.at[0]].indexOf(node) * HIGH];
  useLayoutEffect(() => { box.current.scrollLeft = box.current.scrollWidth; }, [grown.length]);
  const line = (node) => {
    const [x, y] = place(node), [from, at] = node.from ? place(node.from) : [x, y];
    return `M${from + WIDE - 18} ${at + HIGH / 2}C${from + WIDE - 6} ${at + HIGH / 2} ${x - 12} ${y + HIGH / 2} ${x} ${y + HIGH / 2}`;
  };
  return html`
    <div class="tree ${stale ? "stale" : ""}" ref=${box} tabindex="0" role="group" aria-label=${t("Steps of the search")}>
      <div style=${{width: `${columns.length * WIDE}px`, height: `${tallest * HIGH + 4}px`}}>
        <svg width=${columns.length * WIDE} height=${tallest * HIGH} aria-hidden="true">
          ${columns.flat().filter(({from}) => from).map((node) => html`<path class=${node.best ? "best" : node.kept ? "" : "dropped"} d=${line(node)} />`)}
        </svg>
        ${columns.flat().map((node) => html`
          <button type="button" class="node ${node.best ? "best" : ""} ${node.kept ? "" : "dropped"}" style=${{left: `${place(node)[0]}px`, top: `${place(node)[1]}px`}}
            disabled=${stale} title=${t("{token}: {own}, the whole {total}", {token: label(asToken(node)), own: number(node.log_probability, 3), total: number(node.total, 4)})}
            aria-label=${said(t, node)} onClick=${() => on.write.add(spoken(node))}><${Token} token=${asToken(node)} length=${8} /> <small>${number(node.total, 3)}</small></button>`)}
      </div>
    </div>`;
}

const said = (t, node) => t("step {step}: {token}, log-probability of the whole {total}, {fate}", {step: node.at[0] + 1, token: label(asToken(node)), total: number(node.total, 4),
  fate: node.best ? t("on the winner's way") : node.kept ? t("kept") : t("dropped")});

/** The tokens to a node; the one that ends the text is none to go on from. */
const spoken = (node) => idsOf(special(node) && node.finished ? node.from : node);
