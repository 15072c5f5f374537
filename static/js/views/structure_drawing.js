/**
 * A model drawn from its own parts: the residual stream as a road, and beside it what reads it and adds to it, with the shape of what
 * goes along every arrow. Arrow keys walk the parts, Enter chooses; the chosen one is shown beside the drawing.
 */
import {html} from "htm/preact";
import {useLayoutEffect, useMemo, useRef} from "preact/hooks";
import {count} from "../format.js";
import {ownCount, placeOf} from "../structure.js";
import {boxOf, layout, towards} from "../structure_layout.js";
import {boxName, familyLine, partPlace, partTitle, sublayerName} from "../structure_words.js";
import {maskName, modelName} from "../names.js";
import {stackName} from "../stage_words.js";
import {useUnique} from "../unique.js";

const ROLE = {W_q: "of-query", W_k: "of-key", W_v: "of-value"};

/** @param {any} props models: [{id, plan, trace, lengths}]; chosen: {model, id}; families: several models side by side; zoom: how large */
export function StructureDrawing({t, models, chosen, unrolled, families, zoom = 1, onPart}) {
  const root = useRef(null), moved = useRef(false), heads = useUnique(); // of the arrows
  const drawn = useMemo(() => layout(models, {unrolled, coarse: families}), [models, unrolled, families]);
  const {width, height, boxes, roads, arrows, ghosts, titles, frames} = drawn;
  const byId = useMemo(() => Object.fromEntries(models.map((model) => [model.id, model])), [models]);
  const here = boxOf(boxes, chosen);
  useLayoutEffect(() => {
    if (moved.current) root.current.querySelector('[tabindex="0"]')?.focus();
    moved.current = false;
  }, [here.model, here.id]);
  const onKeyDown = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const to = towards(boxes, here, event.key);
    if (!to) return;
    event.preventDefault();
    moved.current = true;
    onPart(to.model, to.id);
  };
  return html`
    <div class="structure-drawing" ref=${root}>
      <svg width=${width * zoom} height=${height * zoom} viewBox=${`0 0 ${width} ${height}`} role="group" aria-label=${t("The parts of the model. Arrow keys go from part to part.")} onKeyDown=${onKeyDown}>
        <defs>${["", "of-query", "of-key", "of-value", "adds", "stream", "bridge"].map((role) => html`
          <marker id=${`${heads}-${role}`} class=${role} viewBox="0 0 6 6" refX="5.4" refY="3" markerWidth="6" markerHeight="6" orient="auto"><path d="M0 0L6 3L0 6z" /></marker>`)}</defs>
        ${roads.map((one) => html`<rect class="road" x=${one.x} y=${one.y} width=${one.wide} height=${one.high} rx="5" />`)}
        ${frames.map((one) => html`<rect class="frame" x=${one.x} y=${one.y} width=${one.wide} height=${one.high} rx="6" />`)}
        ${ghosts.map((one) => html`<g class="ghost"><rect x=${one.x} y=${one.y} width=${one.wide} height=${one.high} rx="6" />
          <text x=${one.x + one.wide / 2} y=${one.y + one.high / 2 + 4}>${t("no {what}", {what: sublayerName(t, one.what)})}</text></g>`)}
        ${titles.map((one) => html`<${Title} ...${{t, one, families}} model=${one.family ? one.model : byId[one.model.id ?? one.model]} />`)}
        ${arrows.map((one) => html`<${Arrow} ...${{t, one, heads}} />`)}
        ${boxes.map((box) => html`<${Box} key=${`${box.model}/${box.id}`} ...${{t, box, onPart}} model=${byId[box.model]} here=${box === here} />`)}
      </svg>
    </div>`;
}

function Title({t, one, model, families}) {
  if (!one.family) return html`<text class="stack-name" x=${one.x + one.wide / 2} y=${one.y}>${model.plan.stacks.length > 1 ? stackName(t, one.stack) : ""}</text>`;
  return families && html`<text class="family-name" x=${one.x} y=${one.y}>${modelName(t, model.plan.kind)}</text>`;
}

function Arrow({t, heads, one: {points, label, role, head, at, centred, mirrored, memoryLabel}}) {
  const line = points.length > 1 && points.map(([x, y], i) => `${i ? "L" : "M"}${x} ${y}`).join("");
  return html`
    ${line && html`<path class="arrow ${role}" d=${line} marker-end=${head ? `url(#${heads}-${role})` : undefined} />`}
    ${label && html`<text class="shape ${role} ${centred ? "centred" : mirrored && !centred ? "mirrored" : ""}" x=${at[0]} y=${at[1]}>${label}</text>`}
    ${memoryLabel && html`<text class="shape bridge" x=${at[0]} y=${at[1] - 16}>${t("memory")}</text>`}`;
}

function Box({t, box, model, here, onPart}) {
  const {part, x, y, wide, high} = box, {kind} = part, {plan, trace} = model, slot = /^W_[qkv]$/.test(kind);
  const whole = kind === "block" ? {...part, parameters: plan.parts.filter(({id}) => id.startsWith(`${part.id}.`)).flatMap(({parameters}) => parameters)}
    : part.own ? {...part, parameters: part.own.flatMap(({parameters}) => parameters)} : part;
  const own = ownCount(plan, whole), site = trace?.sites.find(({name}) => part.id.startsWith(`${name}.`) || part.id === name);
  const maker = slot && !own && plan.parameters.find((one) => part.parameters.includes(one.name))?.part.split("."); // one matrix may make several
  const number = own ? count(own) : kind === "unembed" ? t("same table") : maker && maker.slice(0, -1).join(".") === part.id.split(".").slice(0, -1).join(".") ? t("in {matrix}", {matrix: maker.at(-1).toUpperCase()}) : "";
  const round = kind === "add" || kind === "replace";
  const title = `${round || kind === "block" ? "" : `${boxName(t, part)}, `}${partTitle(t, part, placeOf(plan, part).block === null)}, ${partPlace(t, placeOf(plan, part))}${own ? `, ${t("{count} parameters", {count: number})}` : ""}`;
  const told = ["pattern", "heads"].includes(kind) && site ? maskName(t, site.mask) : number, cx = x + wide / 2;
  const narrow = wide < 100;
  return html`
    <g role="button" tabindex=${here ? 0 : -1} class="part ${kind} ${ROLE[kind] ?? ""} ${here ? "here" : ""} ${part.open ? "open" : ""}" aria-label=${title} aria-pressed=${here}
      data-part=${box.id} onClick=${() => onPart(box.model, box.id)} onKeyDown=${(event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); onPart(box.model, box.id); } }}>
      <rect x=${x} y=${y} width=${wide} height=${high} rx=${round ? high / 2 : 4} />
      ${round ? html`<path class="plus" d=${kind === "add" ? `M${cx - 5} ${y + high / 2}h10M${cx} ${y + high / 2 - 5}v10` : `M${cx - 5} ${y + high / 2 - 2.5}h10m0 5h-10`} />`
        : slot || narrow ? html`<text class="middle" x=${cx} y=${y + (number ? 15 : high / 2 + 4)}>${boxName(t, part)}</text>${number && html`<text class="middle number" x=${cx} y=${y + 29}>${number}</text>`}`
          : html`<text x=${x + 9} y=${y + high / 2 + 4}>${kind === "heads" && site ? t("{count} heads", {count: site.n_heads}) : boxName(t, part)}</text>
            <text class="number" x=${x + wide - 8} y=${y + high / 2 + 4}>${told}</text>`}
    </g>`;
}

/** What tells the families apart, in words. */
export const Families = ({t, models}) => html`
  <table class="families"><caption>${t("What differs")}</caption>
    <tbody>${models.map(({plan}) => html`<tr><th scope="row">${modelName(t, plan.kind)}</th><td>${familyLine(t, plan)}</td><td class="number">${count(plan.total)}</td></tr>`)}</tbody></table>`;
