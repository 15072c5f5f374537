/** You are here: the whole model, drawn from its own config, the stage that is shown marked. Every part leads there. */
import {html} from "htm/preact";
import {drawing} from "../architecture.js";
import {partName, partShort, stackName, stageTitle} from "../stage_words.js";

export function Architecture({t, parts, stage, model, head, onGo}) {
  const {width, height, boxes, skips, bridges} = drawing(parts, stage);
  const {n_layers, n_heads, d_model} = model.config;
  const flow = boxes.filter(({kind}) => kind === "part");
  return html`
    <nav class="architecture" aria-label=${t("The whole model: you are here")}>
      <h3>${t("You are here")}</h3>
      <p class="meaning">${t("Blocks: {layers}, heads in each: {heads}; a stream of {d_model} numbers for each token.", {layers: n_layers, heads: n_heads, d_model})}</p>
      <svg width=${width} height=${height} viewBox=${`0 0 ${width} ${height}`}>
        ${flow.slice(1).map((box, i) => box.part.stack === flow[i].part.stack && html`
          <path class="stream" d=${`M${middle(box)} ${flow[i].y + flow[i].high}V${box.y}`} />`)}
        ${boxes.map((box) => html`<${Box} ...${{t, box, model, head, onGo, stacks: bridges.length > 0}} />`)}
        ${bridges.map(({from, to}) => html`<path class="bridge" d=${bridge(from, to)} />`)}
        ${skips.map(({x, right, from, to}) => html`<path class="skip" d=${`M${x} ${from}H${right}V${to}H${x + 13}`} />`)}
      </svg>
    </nav>`;
}

const middle = ({x, wide}) => x + wide / 2;

function bridge(from, to) {
  const gap = from.x + from.wide + 13, x = to.x;
  const y = from.y + from.high / 2, end = to.y + Math.min(to.high, 34) / 2;
  return `M${from.x + from.wide} ${y}H${gap}V${end}H${x}M${x - 5} ${end - 4}L${x} ${end}L${x - 5} ${end + 4}`;
}

function Box({t, box, model, head, onGo, stacks}) {
  const {kind, part, stage, x, y, wide, high, here} = box, cx = middle(box);
  const name = kind === "part" ? partName(t, part.id) : `${partName(t, part.id)}, ${sublayerName(t, stage)}${kind === "sublayer" ? "" : ` · ${stageTitle(t, stage)}`}`;
  const press = (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    onGo(stage.step);
  };
  return html`
    <g role="button" tabindex="0" class="box ${kind} ${here ? "here" : ""}" aria-label=${name} aria-current=${here && kind !== "part" ? "step" : undefined}
      onClick=${() => onGo(stage.step)} onKeyDown=${press}>
      <rect x=${x} y=${y} width=${wide} height=${high} rx=${kind === "add" ? high / 2 : 4} />
      ${kind === "part" && html`<text x=${cx} y=${y + 16}>${stacks ? `${stackName(t, part.stack)} ${part.block ?? partShort(t, part)}` : partShort(t, part)}</text>`}
      ${kind === "norm" && html`<text x=${cx} y=${y + 16}>${t("norm")}</text>`}
      ${kind === "add" && html`<text class="plus" x=${cx} y=${y + 17}>+</text>`}
      ${kind === "sublayer" && html`<text x=${cx} y=${y + (stage.sublayer === "mlp" ? 20 : 14)}>${sublayerName(t, stage)}</text>`}
      ${kind === "sublayer" && stage.sublayer !== "mlp" && heads(box, model.config.n_heads, head)}
    </g>`;
}

const sublayerName = (t, {sublayer}) => ({attn: t("self-attention"), cross_attn: t("cross-attention"), mlp: t("MLP")})[sublayer];

const STEP = 9, MARK = 7 / 9; // pixels from one head to the next, and how much of them is drawn

/** A small square for each head, smaller where there are many: all of them stand in the box. */
function heads(box, count, chosen) {
  const step = Math.min(STEP, (box.wide - 4) / count), size = step * MARK, left = middle(box) - count * step / 2 + (step - size) / 2;
  return Array.from({length: count}, (_, i) => html`
    <rect class="head-mark ${i === chosen ? "chosen" : ""}" x=${left + i * step} y=${box.y + 20 + (STEP * MARK - size) / 2} width=${size} height=${size} />`);
}
