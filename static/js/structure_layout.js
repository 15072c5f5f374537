/**
 * Where the parts of a model stand in its drawing: a column for each stack, from top to bottom as it is computed. The residual
 * stream is a road down one side; what reads it and adds to it stands beside it. In an encoder-decoder the decoder's road is on the
 * far side, so that the memory comes over from the encoder without crossing it.
 */
import {isBetween, shapeOf, shapeText, stackOf} from "./structure.js";

/** Pixels; edge: beyond the last column, where the shape of its values may stand. fine: every step of the unrolled block; coarse: the heads and the MLP as one box each, for several models side by side. */
export const FINE = {road: 26, gap: 62, boxes: 244, space: 8, high: 26, thin: 24, step: 18, bus: 26, slot: 36, header: 26, fold: 26, apart: 8, bridge: 84, family: 60, edge: 36};
export const COARSE = {...FINE, header: 42, road: 20, gap: 50, boxes: 174, space: 6, step: 15, bus: 22, bridge: 58, family: 22, edge: 14};

const LONGEST = 11; // characters of a shape that have room to the right of an arrow
const close = (shape) => shape.replaceAll(" × ", "×");
const ADD = 12; // the radius of an addition: 24 pixels are the least that a finger hits
const HEADS = new Set(["rotate", "scores", "pattern", "z"]), MLP = new Set(["W_in", "post", "W_out"]);

/**
 * @param {any[]} models [{id, plan, lengths}]
 * @param {{unrolled: number, coarse?: boolean}} how unrolled: the block of each stack, or the last that it has
 * @returns {any} {width, height, boxes, adds, roads, arrows, ghosts, titles, frames}: boxes {model, id, part, x, y, wide, high, kind}, in the order of computation
 */
export function layout(models, {unrolled, coarse = false}) {
  const size = coarse ? COARSE : FINE, drawn = {boxes: [], roads: [], arrows: [], ghosts: [], titles: [], frames: []};
  const slots = coarse ? [...new Set(models.flatMap(({plan}) => plan.parts.some(({id}) => id.includes(".cross_attn.")) ? ["cross_attn"] : []))] : [];
  let x = 6, deepest = 0;
  models.forEach((model, m) => {
    if (m) x += size.family;
    const begun = x;
    model.plan.stacks.forEach((name, i) => {
      if (i) x += size.bridge;
      const column = new Column(model, stackOf(model.plan, name), {size, coarse, slots, unrolled, mirrored: i > 0, left: x});
      const made = column.draw();
      for (const [what, all] of Object.entries(made)) if (what in drawn) drawn[what].push(...all);
      deepest = Math.max(deepest, made.bottom);
      x += column.wide;
    });
    drawn.titles.push({model, family: true, x: begun, wide: x - begun, y: 14});
    bridge(drawn, model, size);
  });
  return {width: x + size.edge, height: deepest + 6, ...drawn};
}

class Column {
  constructor(model, stack, {size, coarse, slots, unrolled, mirrored, left}) {
    Object.assign(this, {model, stack, size, coarse, slots, mirrored, left});
    this.at = Math.min(unrolled, stack.blocks.length - 1);
    this.wide = size.road + size.gap + size.boxes;
    this.x = size.road + size.gap; // where the boxes begin
    this.made = {boxes: [], roads: [], arrows: [], ghosts: [], titles: [], frames: []};
  }

  shape(name) {
    const text = shapeText(shapeOf(this.model.plan, name, this.model.lengths));
    const long = Object.values(this.model.lengths).some((tokens) => tokens > 999); // there is no room for more
    return this.coarse || long || text.length > LONGEST ? close(text) : text;
  }

  draw() {
    const {stack, size, made} = this;
    let y = size.header;
    made.titles.push({model: this.model, stack: stack.name, x: 0, wide: this.wide, y: y - 8});
    let begin = null;
    const first = stack.input.find(({kind}) => kind === "enter") ?? stack.input.find(({kind}) => kind === "embed"); // where the road begins
    for (const part of stack.input) {
      if (part.kind === "add") { this.add(part, y - size.step - size.high / 2); continue; }
      const name = part.makes[0], narrow = `${stack.name}.narrow_embed`;
      if (part.kind === "enter") this.down(y - size.step, this.shape(narrow));
      this.box(part, y, size.high);
      if (part === first) {
        begin = y + size.high / 2;
        this.line([[this.x, begin], [size.road, begin]], name === narrow ? "" : this.shape(name), "stream"); // the road is wider
      } else if (part.kind === "pos_embed") this.line([[this.x, y + size.high / 2], [size.road / 2 + ADD, y + size.high / 2]], this.shape(name), "adds");
      y += size.high;
      if (part.kind === "tokens") this.line([[this.middle(), y], [this.middle(), y + size.step]], this.shape(name ?? "").trim() || this.count(), "");
      y += size.step;
    }
    for (const block of stack.blocks) {
      if (block.index === this.at) y = this.unroll(block, y);
      else {
        this.fold(block, y);
        y += size.fold + size.apart;
      }
    }
    y = this.end(y + size.step / 2);
    made.roads.push({x: 0, y: begin, wide: size.road, high: this.ended - begin, model: this.model, stack: stack.name});
    return {...this.placed(), bottom: y};
  }

  count() {
    const [axis] = this.model.plan.tensors[`${this.stack.name}.embed`];
    return String(this.model.lengths[axis] ?? "n");
  }

  middle() { return this.x + this.size.boxes / 2; }

  /** What comes after the blocks: the final norm where there is one, the unembedding. */
  end(top) {
    let y = top, from = null;
    this.ended = top + this.size.high / 2;
    for (const part of this.stack.output) {
      if (from) this.line([[this.middle(), y - this.size.step], [this.middle(), y]], this.shape(from), "");
      else this.line([[this.size.road, this.ended], [this.x, this.ended]], this.shape(part.reads[0]), "stream");
      this.box(part, y, this.size.high);
      y += this.size.high + this.size.step;
      from = part.makes[0];
    }
    if (from && from === "logits") {
      this.line([[this.middle(), y - this.size.step], [this.middle(), y]], this.shape(from), "");
      return y + 4;
    }
    return y - this.size.step;
  }

  fold({id, index}, y) {
    const {size} = this, part = {id, kind: "block", index};
    this.box(part, y, size.fold);
    this.line([[size.road, y + 8], [this.x, y + 8]], "", "");
    this.line([[this.x, y + size.fold - 8], [size.road, y + size.fold - 8]], "", "adds");
  }

  unroll(block, top) {
    const {size} = this;
    let y = top + 24;
    const names = [...new Set(["attn", ...this.slots, ...block.sublayers.map(({name}) => name).filter((name) => name)])].sort((a, b) => ORDER.indexOf(a) - ORDER.indexOf(b));
    this.made.boxes.push({part: {id: block.id, kind: "block", index: block.index, open: true}, x: this.x - 10, y: top, wide: size.boxes + 20, high: 24});
    for (const name of names) {
      const sublayer = block.sublayers.find((one) => one.name === name);
      if (sublayer) y = name === "mlp" ? this.mlp(sublayer, y + 8) : this.attention(sublayer, y + 8);
      else {
        const high = size.thin + size.bus + size.slot + 2 * size.step + 2 * size.high;
        this.made.ghosts.push({x: this.x, y: y + 8, wide: size.boxes, high, what: name});
        y += 8 + high + 6;
      }
    }
    this.made.frames.push({x: this.x - 10, y: top, wide: size.boxes + 20, high: y - top + 2});
    return y + size.apart + 4;
  }

  /** The norm that a sublayer reads through, where there is one: -> where what it reads comes from */
  reading(parts, y) {
    const {size} = this, begins = parts[0].kind === "norm";
    if (!begins) return {y, from: null, norm: null};
    const [norm] = parts, at = y + size.thin / 2;
    this.box(norm, y, size.thin);
    this.line([[size.road, at], [this.x, at]], this.shape(norm.reads[0]), "stream");
    return {y: y + size.thin, from: norm.makes[0], norm};
  }

  attention({id, parts}, top) {
    const {size} = this, by = Object.fromEntries(parts.map((part) => [part.kind, part])), slot = (size.boxes - 2 * size.space) / 3;
    const centre = (i) => this.x + i * (slot + size.space) + slot / 2, crosses = id.endsWith("cross_attn");
    const first = parts.findIndex(({kind}) => kind.startsWith("W_")), {y: below, norm} = this.reading(parts.slice(0, Math.max(1, first)), top);
    let y = below + size.bus;
    const bus = y - 10, own = crosses ? [0] : [0, 1, 2];
    if (norm) this.line([[centre(0), below], [centre(0), bus]], "", "", false);
    else this.line([[size.road, bus], [centre(0), bus]], this.shape(by.W_q.reads[0]), "stream", false);
    this.made.arrows.push({points: [[centre(own[0]), bus], [centre(own.at(-1)), bus]], role: "", head: false,
      label: norm ? this.shape(norm.makes[0]) : "", at: [centre(0) + 5, bus - 4]});
    for (const i of own) this.line([[centre(i), bus], [centre(i), y]], "", "");
    if (crosses) {
      this.made.arrows.push({points: [[this.wide + 8, bus], [centre(1), bus], [centre(1), y]], role: "bridge", head: true, label: "", memory: id});
      this.line([[centre(2), bus], [centre(2), y]], "", "bridge");
    }
    ["q", "k", "v"].forEach((which, i) => this.box(by[`W_${which}`], y, size.slot, centre(i) - slot / 2, slot));
    y += size.slot;
    const beside = [...["q", "k"].map((which) => this.shape(by[`W_${which}`].makes[0])), close(this.shape(by.W_v.makes[0]))]; // the frame is near
    const values = y;
    if (this.coarse) {
      for (const i of [0, 1, 2]) this.line([[centre(i), y], [centre(i), y + size.step]], i === 1 ? beside[1] : "", ROLES[i]);
      y += size.step;
      this.box({id, kind: "heads", own: parts.filter(({kind}) => HEADS.has(kind))}, y, size.high);
      y += size.high;
    } else {
      const narrow = 2 * slot + size.space, thin = (part, wide = narrow) => {
        this.box(part, y, size.thin, this.x, wide);
        y += size.thin;
      };
      const two = (labels) => {
        for (const i of [0, 1]) this.line([[centre(i), y], [centre(i), y + size.step]], labels[i], ROLES[i]);
        y += size.step;
      };
      two(beside);
      if (by.rotate) { thin(by.rotate); two(by.rotate.makes.map((name) => this.shape(name))); }
      thin(by.scores);
      this.down(y, this.shape(by.scores.makes[0]), (centre(0) + centre(1)) / 2);
      y += size.step;
      thin(by.pattern);
      this.down(y, this.shape(by.pattern.makes[0]), (centre(0) + centre(1)) / 2);
      y += size.step;
      this.line([[centre(2), values], [centre(2), y]], "", "of-value");
      this.made.arrows.push({points: [], role: "of-value", label: beside[2], at: [centre(2) + 5, values + 14]});
      thin(by.z, size.boxes);
    }
    this.down(y, this.shape(by.z.makes[0]));
    y += size.step;
    return this.back(parts, by.W_o, y);
  }

  mlp({id, parts}, top) {
    const {size} = this, by = Object.fromEntries(parts.map((part) => [part.kind, part]));
    const first = parts.findIndex(({kind}) => kind === "W_in" || kind === "mlp"), {y: below, norm} = this.reading(parts.slice(0, Math.max(1, first)), top);
    let y = norm ? below + size.step : top;
    if (norm) this.down(below, this.shape(norm.makes[0]));
    else this.line([[size.road, y + size.high / 2], [this.x, y + size.high / 2]], this.shape((by.W_in ?? by.mlp).reads[0]), "stream");
    if (by.mlp) return this.back(parts, by.mlp, y); // what is known only as a whole
    if (this.coarse) return this.back(parts, {id, kind: "mlp", makes: by.W_out.makes, own: parts.filter(({kind}) => MLP.has(kind))}, y);
    for (const part of [by.W_in, by.post]) {
      this.box(part, y, part === by.post ? size.thin : size.high);
      y += part === by.post ? size.thin : size.high;
      this.down(y, this.shape(part.makes[0]));
      y += size.step;
    }
    return this.back(parts, by.W_out, y);
  }

  /** The last matrix of a sublayer, a norm of what it made where there is one, the addition to the road, and a norm on the road where one comes after it. */
  back(parts, last, top) {
    const {size} = this, add = parts.find(({kind}) => kind === "add" || kind === "replace"), after = parts.findIndex((part) => part.kind === "norm" && !isBetween(part)), between = parts.find(isBetween);
    let y = top, high = size.high;
    this.box(last, y, high);
    if (between) {
      this.down(y + high, this.shape(last.makes[0]));
      [y, high] = [y + high + size.step, size.thin];
      this.box(between, y, high);
    }
    const at = y + high / 2;
    this.line([[this.x, at], [size.road / 2 + (add ? ADD : 0), at]], this.shape((between ?? last).makes[0]), "adds");
    let bottom = y + high + 6;
    if (add) this.add(add, at);
    if (after > 0) {
      this.box(parts[after], bottom + 6, size.slot, -4, size.road + 60); // as narrow as W_Q: its count stands below its name
      bottom += size.slot + 12;
    }
    return bottom;
  }

  box(part, y, high, x = this.x, wide = this.size.boxes) { this.made.boxes.push({part, x, y, wide, high}); }

  add(part, y) { this.made.boxes.push({part, x: this.size.road / 2 - ADD, y: y - ADD, wide: 2 * ADD, high: 2 * ADD}); }

  down(y, label, x = this.middle()) { this.line([[x, y], [x, y + this.size.step]], label, ""); }

  line(points, label, role, head = true) {
    const [[x, y], [to, end]] = points, across = y === end;
    const at = across ? [(x + to) / 2, y - 4] : [x + 5, y + 13];
    this.made.arrows.push({points, label, role, head, at, centred: across});
  }

  /** All of it where the column stands, mirrored where its road is on the far side. */
  placed() {
    const {left, wide, mirrored, model} = this, turn = (x) => left + (mirrored ? wide - x : x);
    const box = (one) => ({...one, model: model.id, id: one.part?.id, x: mirrored ? left + wide - one.x - one.wide : left + one.x});
    return {
      ...Object.fromEntries(["boxes", "roads", "ghosts", "frames", "titles"].map((what) => [what, this.made[what].map(box)])),
      arrows: this.made.arrows.map((one) => ({...one, points: one.points.map(([x, y]) => [turn(x), y]), mirrored,
        at: one.at && [turn(one.at[0]) , one.at[1]]})),
    };
  }
}

const ORDER = ["attn", "cross_attn", "mlp"], ROLES = ["of-query", "of-key", "of-value"];

/** From the encoder's last part along the gap between the columns to every block that reads the memory. */
function bridge(drawn, {id, plan, lengths}, size) {
  const made = plan.parts.find((part) => part.makes.includes("memory")), own = drawn.boxes.filter(({model}) => model === id);
  const from = made && (own.find(({part}) => part.id === made.id) ?? own.find(({part}) => part.kind === "block" && made.id.startsWith(`${part.id}.`)));
  if (!from) return;
  const edge = drawn.roads.find(({model, stack}) => model === id && stack === plan.stacks[0]).x + size.road + size.gap + size.boxes, gap = edge + size.bridge / 2, y = from.y + from.high / 2;
  const readers = drawn.boxes.filter(({model, part}) => model === id && part.kind === "block" && !part.open && part.id.startsWith("decoder."));
  const open = drawn.arrows.filter(({memory, points}) => memory?.startsWith("decoder.") && points[0][0] > from.x && points[0][0] < gap + size.bridge + 20);
  const ends = [...readers.map((box) => [box.x, box.y + box.high / 2]), ...open.map(({points: [[x, at]]}) => [x, at])];
  const label = shapeText(shapeOf(plan, "memory", lengths));
  drawn.arrows.push({points: [[from.x + from.wide, y], [gap, y]], role: "bridge", head: false, label: size === COARSE ? label.replaceAll(" × ", "×") : label, at: [from.x + from.wide + 4, y + 12], memoryLabel: true});
  for (const [x, at] of ends) drawn.arrows.push({points: [[gap, y], [gap, at], [x, at]], role: "bridge", head: !open.some(({points: [[left]]}) => left === x), label: ""});
}

/** The box of a part: its own, that of what it is drawn in, or, of several as one, the box of what matters most in them. */
export function boxOf(boxes, {model, id}) {
  const own = boxes.filter((box) => box.model === model), around = own.filter((box) => id.startsWith(`${box.id}.`) && !box.part.open);
  return own.find((box) => box.id === id) ?? around.at(-1) ?? own.find((box) => box.id === `${id}.pattern`) ?? own.find((box) => box.id.startsWith(`${id}.`)) ?? boxes[0];
}

/** The box that an arrow key leads to from another. Up and down go through a column in the order of computation, left and right to what stands beside it. */
export function towards(boxes, from, key) {
  const here = boxes.findIndex((box) => box === from), column = boxes.filter(({model, id}) => model === from.model && stackName(id, boxes) === stackName(from.id, boxes));
  const at = column.indexOf(from);
  if (here < 0) return null;
  if (key === "ArrowDown") return column[at + 1] ?? null;
  if (key === "ArrowUp") return column[at - 1] ?? null;
  if (key === "Home") return boxes[0];
  if (key === "End") return boxes.at(-1);
  const sign = {ArrowLeft: -1, ArrowRight: 1}[key];
  if (!sign) return null;
  const middle = ({x, y, wide, high}) => [x + wide / 2, y + high / 2], [x, y] = middle(from);
  const beyond = boxes.map((box) => ({box, at: middle(box)})).filter(({box, at}) => box !== from && (at[0] - x) * sign > 20);
  const far = ({at}) => Math.abs(at[0] - x) + 4 * Math.abs(at[1] - y);
  return beyond.length ? beyond.reduce((best, one) => (far(one) < far(best) ? one : best)).box : null;
}

const stackName = (id, boxes) => (id === "unembed" ? boxes.findLast((box) => box.id !== "unembed").id : id).split(".")[0];
