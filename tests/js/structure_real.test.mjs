import assert from "node:assert/strict";
import {test} from "node:test";
import {layout} from "../../static/js/structure_layout.js";
import {ledger, planned, shapeOf} from "../../static/js/structure.js";

const AT = "decoder.blocks.0", ATTN = `${AT}.attn`, JOINT = "h.0.c_attn.weight";
const part = (id, kind, reads, makes, parameters = []) => ({id, kind, reads, makes, parameters});
const parameter = (name, count, at, shared = []) => ({name, shape: [count], count, part: at, shared});
const plan = planned({
  total: 20, sizes: {head: 2, d_head: 2, d_model: 4}, tensors: {"decoder.embed": ["target", "d_model"], [`${AT}.mlp_out`]: ["target", "d_model"]},
  parts: [
    part("decoder.tokens", "tokens", [], []), part("decoder.embed", "embed", [], ["decoder.embed"], ["wte"]),
    ...["q", "k", "v"].map((one) => part(`${ATTN}.W_${one}`, `W_${one}`, [`${AT}.resid_pre`], [`${ATTN}.${one}`], [JOINT])),
    part(`${ATTN}.scores`, "scores", [], [`${ATTN}.scores`]), part(`${ATTN}.pattern`, "pattern", [], [`${ATTN}.pattern`]), part(`${ATTN}.z`, "z", [], [`${ATTN}.z`]),
    part(`${ATTN}.W_o`, "W_o", [`${ATTN}.z`], [`${AT}.attn_out`]), part(`${AT}.mlp`, "mlp", [`${AT}.resid_mid`], [`${AT}.mlp_out`], ["up"]),
    part(`${AT}.other.h.0.bias_table`, "other", [], [], ["table"]),
  ],
  parameters: [parameter("wte", 8, "decoder.embed"), parameter(JOINT, 6, `${ATTN}.W_q`, [`${ATTN}.W_k`, `${ATTN}.W_v`]), parameter("up", 4, `${AT}.mlp`),
    parameter("table", 2, `${AT}.other.h.0.bias_table`)],
});

test("a matrix that makes queries, keys and values is counted once, under all three, and is no table used again", () => {
  const {rows, total, shared} = ledger(plan), attn = rows.find(({what}) => what === "attn");
  assert.deepEqual(attn.items.map(({kind, also, count}) => [kind, also, count]), [["W_q", ["W_k", "W_v"], 6]]);
  assert.deepEqual([total, shared], [20, []]);
});

test("modules without a name of ours have a row at the end", () => {
  assert.deepEqual(ledger(plan).rows.map(({what, count}) => [what, count]), [["embed", 8], ["attn", 6], ["mlp", 4], ["other", 2]]);
});

test("an MLP known as a whole is one box; what stands nowhere in a block is not drawn there", () => {
  const drawn = layout([{id: "m", plan, lengths: {target: 3}}], {unrolled: 0});
  assert.deepEqual(drawn.boxes.map(({id}) => id).filter((id) => /mlp|other/.test(id)), [`${AT}.mlp`]);
});

test("shapes that are longer than the room beside the last arrow are written without spaces", () => {
  const per = (one) => [`${ATTN}.${one}`, ["head", "target", "d_head"]];
  const labels = (tokens) => layout([{id: "m", plan: planned({...plan, tensors: {...plan.tensors, ...Object.fromEntries(["q", "k", "v"].map(per))}}), lengths: {target: tokens}}], {unrolled: 0}).arrows.map(({label}) => label);
  assert.ok(labels(99).includes("2 × 99 × 2"));
  assert.ok(labels(236).includes("2 × 236 × 2"));
  assert.ok(labels(1024).includes("2×1024×2"));
  const wide = planned({...plan, sizes: {...plan.sizes, head: 12}, tensors: {...plan.tensors, ...Object.fromEntries(["q", "k", "v"].map(per))}});
  assert.ok(layout([{id: "m", plan: wide, lengths: {target: 236}}], {unrolled: 0}).arrows.some(({label}) => label === "12×236×2"));
});

test("where the embedding is narrower, the stream begins at the matrix behind it", () => {
  const [tokens, embed, ...others] = plan.parts, narrow = "decoder.narrow_embed";
  const wider = planned({...plan, tensors: {...plan.tensors, [narrow]: ["target", "d_embed"], [`${AT}.resid_pre`]: ["target", "d_model"]}, config: {stacks: {decoder: {d_embed: 2, d_model: 4}}},
    parts: [tokens, {...embed, makes: [narrow]}, part("decoder.other.places", "other", [], [], []), part("decoder.enter", "enter", [], [`${AT}.resid_pre`], ["wider"]), ...others], parameters: [...plan.parameters, parameter("wider", 3, "decoder.enter")]});
  const {boxes, arrows, roads} = layout([{id: "m", plan: wider, lengths: {target: 3}}], {unrolled: 0}), enter = boxes.find(({id}) => id === "decoder.enter");
  assert.equal(roads[0].y, enter.y + enter.high / 2);
  assert.equal(arrows.find(({label}) => label === "3 × 2").points[1][1], enter.y); // not into what stands above it
  assert.deepEqual(arrows.filter(({label}) => ["3 × 2", "3 × 4"].includes(label)).slice(0, 2).map(({label}) => label), ["3 × 2", "3 × 4"]);
  assert.deepEqual(ledger(wider).rows.map(({what}) => what).slice(0, 2), ["embed", "enter"]);
});

test("a norm of what a sublayer made stands below it and leads to the sum; on the road there is none", () => {
  const out = `${AT}.norm_attn_out`, normalized = `${out}.normalized`, [embed, ...others] = plan.parts, W_o = plan.parts.findIndex(({kind}) => kind === "W_o");
  const between = planned({...plan, tensors: {...plan.tensors, [normalized]: ["target", "d_model"]}, parts: [embed, ...others.slice(0, W_o), part(out, "norm", [`${AT}.attn_out`], [normalized], ["norm"]),
    part(`${AT}.resid_mid`, "add", [`${AT}.resid_pre`, normalized], [`${AT}.resid_mid`]), ...others.slice(W_o)], parameters: [...plan.parameters, parameter("norm", 4, out)]});
  const {boxes, arrows} = layout([{id: "m", plan: between, lengths: {target: 3}}], {unrolled: 0}), of = (id) => boxes.find((box) => box.id === id);
  assert.ok(of(out).y > of(`${ATTN}.W_o`).y && of(out).x === of(`${ATTN}.W_o`).x && of(out).y < of(`${AT}.mlp`).y);
  const sum = of(`${AT}.resid_mid`), into = arrows.find(({role, points}) => role === "adds" && points[1][1] === sum.y + sum.high / 2);
  assert.equal(into.points[0][1], of(out).y + of(out).high / 2);
  assert.deepEqual(ledger(between).rows.find(({what}) => what === "norms").items.map(({kind}) => kind), ["norm_attn_out"]);
});

test("two models that were put together have sizes of their own", () => {
  const two = {sizes: {head: 4, d_head: 4, d_model: 32}, config: {stacks: {encoder: {n_heads: 2, d_head: 4, d_model: 16}, decoder: {n_heads: 4, d_head: 8, d_model: 32}}},
    tensors: {"encoder.blocks.0.resid_pre": ["source", "d_model"], "decoder.blocks.0.attn.q": ["head", "target", "d_head"], memory: ["source", "d_model"], logits: ["target", "d_model"]}};
  const shape = (name) => shapeOf(two, name, {source: 3, target: 5});
  assert.deepEqual(["encoder.blocks.0.resid_pre", "decoder.blocks.0.attn.q", "memory", "logits"].map(shape), [[3, 16], [4, 5, 8], [3, 16], [5, 32]]);
});
