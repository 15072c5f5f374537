import assert from "node:assert/strict";
import {readFileSync} from "node:fs";
import test from "node:test";
import {page} from "./page.mjs";

const {beginningOf, missing, needs, parts, sameAt, stageAt, stages} = await page("stages.js");
const {begun, checks, goOn} = await page("at_stage.js");
const {drawing} = await page("architecture.js");
const {placeName, stageMeaning, stageName, stageTitle} = await page("stage_words.js");
const {target} = await page("views/step_strip.js");

const GLOSSARY = new Set([...readFileSync(new URL("../../model/glossary.py", import.meta.url), "utf8").matchAll(/^ {4}"(\w+)": Entry\(/gm)].map(([, name]) => name));
const KINDS = ["encoder", "decoder", "encoder-decoder"];
const ATTENTION = ["scores", "scale", "mask", "softmax", "sum", "out", "add"];

function model(kind, {positions = "rotary", layers = 2} = {}) {
  const blocks = (stack, side, crosses) => Array.from({length: layers}, (_, layer) => ["attn", ...(crosses ? ["cross_attn"] : [])].map((last) => ({
    name: `${stack}.blocks.${layer}.${last}`, layer, n_heads: 2, query: side, key: last === "attn" ? side : "source", mask: "bidirectional", scale: 1,
  }))).flat();
  const sites = [...(kind === "decoder" ? [] : blocks("encoder", "source", false)),
    ...(kind === "encoder" ? [] : blocks("decoder", "target", kind === "encoder-decoder"))];
  return {sites, model: {kind, config: {positions, n_layers: layers, n_heads: 2, d_model: 8}}, tensors: {}};
}

const said = (all) => all.map(({kind}) => kind).join(" ");

test("a decoder is computed in this order", () => {
  const block = `norm qkv rotate ${ATTENTION.join(" ")} norm mlp add`;
  assert.equal(said(stages(model("decoder"))), `tokens embed position ${block} ${block} final logits`);
});

test("in an encoder-decoder the encoder comes first and ends with the memory, which cross-attention reads", () => {
  const all = stages(model("encoder-decoder", {layers: 1})), self = `norm qkv rotate ${ATTENTION.join(" ")}`;
  assert.equal(said(all), `tokens embed position ${self} norm mlp add memory tokens embed position ${self} `
    + `norm qkv ${ATTENTION.join(" ")} norm mlp add final logits`);
  const [bridge] = all.filter(({tensors}) => "memory" in tensors);
  assert.deepEqual([bridge.kind, bridge.site, bridge.side], ["qkv", "decoder.blocks.0.cross_attn", "target"]);
  assert.equal(all.find(({kind}) => kind === "memory").tensors.normalized, "memory");
});

test("learned positions are added at the beginning, and nothing is turned later", () => {
  const all = stages(model("decoder", {positions: "learned"}));
  assert.deepEqual(all[2].tensors, {x: "decoder.embed", adds: "decoder.pos_embed", sum: "decoder.blocks.0.resid_pre"});
  assert.ok(all.every(({kind}) => kind !== "rotate"));
  assert.ok(all.every((stage) => needs(stage).every((name) => !name.endsWith("_unrotated"))));
});

test("where a model has no norm there is no stage of it, and what is read is the stream", () => {
  const trace = model("decoder", {positions: "learned", layers: 1});
  trace.model.config.norm = "pre-mlp";
  const all = stages(trace), at = (kind, sublayer) => all.find((stage) => stage.kind === kind && stage.sublayer === sublayer);
  assert.equal(said(all), `tokens embed position qkv ${ATTENTION.join(" ")} norm mlp add logits`);
  assert.equal(at("qkv", "attn").tensors.x, "decoder.blocks.0.resid_pre");
  assert.equal(at("mlp", "mlp").tensors.normalized, "decoder.blocks.0.norm_mlp.normalized");
  assert.equal(at("logits", null).tensors.x, "decoder.blocks.0.resid_post");
  assert.ok(all.flatMap(needs).every((name) => !/norm_attn|decoder\.norm/.test(name)));
  const boxes = drawing(parts(all), all[4]).boxes.filter(({kind}) => kind !== "part").map(({kind, stage}) => `${stage.sublayer} ${kind}`);
  assert.deepEqual(boxes, ["attn sublayer", "attn add", "mlp norm", "mlp sublayer", "mlp add"]);
  trace.model.config.norm = "none";
  assert.equal(said(stages(trace)), `tokens embed position qkv ${ATTENTION.join(" ")} mlp add logits`);
});

test("what is said of an MLP, of logits and of a single head is said of this model", () => {
  const t = (message) => message, all = stages(model("decoder")), of = (kind, given) => stageMeaning(t, all.find((stage) => stage.kind === kind), given);
  assert.match(of("mlp", {activation: "relu", tied: true}), /ReLU/);
  assert.match(of("mlp", {activation: "gelu", tied: true}), /GELU/);
  assert.match(of("logits", {tied: true}), /embedding/);
  assert.doesNotMatch(of("logits", {tied: false}), /embedding/);
  assert.match(of("qkv", {n_heads: 1}), /one head/);
});

test("cross-attention is not turned", () => {
  for (const stage of stages(model("encoder-decoder"))) {
    assert.ok(!stage.site.includes("cross_attn") || needs(stage).every((name) => !name.endsWith("_unrotated")));
  }
});

test("every stage of every kind of model names tensors that the glossary has, of its own block or of what it reads", () => {
  assert.ok(GLOSSARY.size > 20);
  for (const kind of KINDS) {
    for (const positions of ["rotary", "learned"]) {
      for (const stage of stages(model(kind, {positions}))) {
        for (const name of needs(stage)) {
          assert.ok(GLOSSARY.has(name.split(".").at(-1)), name);
          const near = name === "memory" || name.startsWith(stage.part.includes(".blocks.") ? `${stage.part}.` : `${stage.part.split(".")[0]}.`);
          assert.ok(near, `${stage.id} needs ${name}`);
        }
      }
    }
  }
});

test("the stream goes on where the addition before it ended", () => {
  for (const kind of KINDS) {
    for (const part of parts(stages(model(kind))).filter(({block}) => block !== null)) {
      const adds = part.stages.filter((stage) => stage.kind === "add");
      let x = `${part.id}.resid_pre`;
      for (const {tensors} of adds) {
        assert.equal(tensors.x, x);
        x = tensors.sum;
      }
      assert.equal(x, `${part.id}.resid_post`);
    }
  }
});

test("a step stands for one stage, and a stage for one step", () => {
  for (const kind of KINDS) {
    const all = stages(model(kind));
    assert.equal(new Set(all.map(({id}) => id)).size, all.length);
    all.forEach((stage, step) => assert.equal(stageAt(all, step), stage));
    all.forEach((stage, step) => assert.equal(stage.step, step));
    assert.equal(stageAt(all, 10_000), all.at(-1));
    assert.equal(stageAt(all, null), null);
    assert.equal(stageAt([], 3), null);
  }
});

test("parts hold every stage once, in order", () => {
  for (const kind of KINDS) {
    const all = stages(model(kind));
    assert.deepEqual(parts(all).flatMap((part) => part.stages), all);
  }
  assert.deepEqual(parts(stages(model("encoder"))).map(({id}) => id), ["encoder.input", "encoder.blocks.0", "encoder.blocks.1", "encoder.output"]);
});

test("what is here already is not asked for again, and nothing twice", () => {
  const trace = model("decoder"), all = stages(trace), block = parts(all)[1].stages;
  const names = missing(trace, block);
  assert.equal(new Set(names).size, names.length);
  assert.ok(names.includes("decoder.blocks.0.mlp.pre") && names.includes("decoder.blocks.0.attn.q") && names.length <= 64);
  trace.tensors = {"decoder.blocks.0.attn.q": {}};
  assert.deepEqual(missing(trace, block), names.filter((name) => name !== "decoder.blocks.0.attn.q"));
});

test("a block asks for no more names than the server takes", () => {
  for (const part of parts(stages(model("encoder-decoder")))) assert.ok(missing({tensors: {}}, part.stages).length <= 64 / 2, part.id);
});

test("the same stage of another attention", () => {
  const all = stages(model("encoder-decoder")), softmax = all.find(({kind}) => kind === "softmax");
  const there = sameAt(all, softmax, "decoder.blocks.1.cross_attn");
  assert.deepEqual([there.kind, there.site], ["softmax", "decoder.blocks.1.cross_attn"]);
  assert.equal(sameAt(all, all.find(({kind}) => kind === "rotate"), "decoder.blocks.1.cross_attn"), undefined);
  assert.equal(beginningOf(all, "decoder.blocks.1.cross_attn").kind, "norm");
  assert.equal(beginningOf(all, "nowhere"), undefined);
});

test("every stage has a name, a title, a place and a meaning", () => {
  const t = (message, values = {}) => message.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
  const given = Object.fromEntries("n_vocab d_model d_mlp n_heads head d_head half hidden pairs".split(" ").map((name) => [name, 1]));
  for (const kind of KINDS) {
    for (const positions of ["rotary", "learned"]) {
      const trace = model(kind, {positions});
      for (const stage of stages(trace)) {
        const words = [stageName(t, stage), stageTitle(t, stage), stageMeaning(t, stage, given), placeName(t, stage, trace.sites.find(({name}) => name === stage.site))];
        for (const one of words) assert.match(one, /^[^{}]+$/, stage.id);
      }
    }
  }
});

test("arrow keys go through the stages, page keys through the parts", () => {
  const all = stages(model("decoder")), row = parts(all), here = 1, step = row[1].stages[4].step;
  const to = (key) => target(key, step, all, row, here);
  assert.deepEqual([to("ArrowRight"), to("ArrowLeft"), to("Home"), to("End")], [step + 1, step - 1, 0, all.length - 1]);
  assert.deepEqual([to("PageDown"), to("PageUp"), to("x")], [row[2].stages[0].step, 0, null]);
  assert.equal(target("ArrowLeft", 0, all, row, 0), 0);
  assert.equal(target("ArrowRight", all.length - 1, all, row, row.length - 1), all.length - 1);
});

test("the drawing has a place for every part, none over another, and marks where one is", () => {
  for (const kind of KINDS) {
    const all = stages(model(kind)), row = parts(all);
    for (const stage of all) {
      const {boxes, bridges, width, height} = drawing(row, stage), flow = boxes.filter((box) => box.kind === "part");
      assert.deepEqual(flow.map(({part}) => part.id), row.map(({id}) => id));
      assert.deepEqual(flow.filter(({here}) => here).map(({part}) => part.id), [stage.part]);
      const marked = boxes.filter((box) => box.kind !== "part" && box.here);
      assert.equal(marked.length, stage.sublayer === null ? 0 : 1, stage.id);
      for (const box of boxes) {
        assert.ok(box.wide >= 24 && box.high >= 24, `${box.kind} is large enough to be hit`);
        assert.ok(box.x >= 0 && box.y >= 0 && box.x + box.wide <= width && box.y + box.high <= height, box.kind);
      }
      const apart = (a, b) => a.x + a.wide <= b.x || b.x + b.wide <= a.x || a.y + a.high <= b.y || b.y + b.high <= a.y;
      for (const same of [flow, boxes.filter((box) => box.kind !== "part")]) {
        same.forEach((a, i) => same.slice(i + 1).forEach((b) => assert.ok(apart(a, b), `${a.stage.id} over ${b.stage.id}`)));
      }
      assert.equal(bridges.length, kind === "encoder-decoder" ? 2 : 0);
    }
  }
});

test("what a model does to its scores has stages of its own, in the order in which it is done", () => {
  const trace = model("decoder"), [site] = trace.sites, of = (made) => stages({...trace, sites: [{...site, ...made}]}).filter((stage) => stage.site === site.name).map(({kind}) => kind);
  const between = (kinds) => kinds.slice(kinds.indexOf("scale") + 1, kinds.indexOf("mask"));
  assert.deepEqual(between(of({})), []);
  assert.deepEqual(between(of({softcap: 50})), ["cap"]);
  assert.deepEqual(between(of({relative_bias: true})), ["bias"]);
  assert.deepEqual(between(of({softcap: 50, relative_bias: true})), ["cap", "bias"]);
  const biased = stages({...trace, sites: [{...site, relative_bias: true}]}).filter(({tensors}) => "relative_bias" in tensors);
  assert.deepEqual(biased.map(({kind}) => kind), ["bias", "mask", "softmax", "sum"]);
});

test("what is said of a score is what this model does", () => {
  const t = (message, values = {}) => message.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
  const given = {n_heads: 4, nKeyHeads: 4, key_head: 3, head: 3, d_head: 8, hidden: 6, pairs: 16, scale: "0.3536", byRoot: true, softcap: null, sinks: false, reach: null};
  const said = (kind, own) => stageMeaning(t, {kind, tensors: {}}, {...given, ...own});
  assert.match(said("scale", {}), /divided by the root of 8/);
  assert.match(said("scale", {scale: "1", byRoot: false}), /the scale is 1/);
  assert.match(said("scale", {scale: "0.0625", byRoot: false}), /a number of its own, 0\.0625/);
  assert.match(said("scores", {nKeyHeads: 2, key_head: 1}), /4 query heads and only 2 key heads.*query head 3 reads key head 1/);
  assert.doesNotMatch(said("scores", {}), /key heads/);
  assert.match(said("cap", {softcap: 50}), /c is 50/);
  assert.match(said("mask", {reach: 4}), /sliding window.*fewer than 4/);
  assert.match(said("mask", {}), /causal/);
  assert.match(said("softmax", {sinks: true}), /less than 1/);
  assert.match(said("softmax", {}), /adds up to 1/);
  for (const kind of ["scale", "scores", "cap", "bias", "mask", "softmax"]) assert.doesNotMatch(said(kind, {byRoot: false, nKeyHeads: 2, softcap: 5, sinks: true, reach: 4}), /[{}]/);
});

test("of a real model there are the stages whose tensors it has, and no norm, matrix or sum that is not known", () => {
  const trace = model("encoder-decoder", {layers: 1});
  trace.model.config = {family: "t5", n_layers: 1, n_heads: 2, d_model: 8};
  Object.assign(trace, {names: ["memory", "logits"], predictions: [[{}]]});
  const self = "qkv scores scale mask softmax sum out", all = stages(trace);
  assert.equal(said(all), `tokens enter ${self} leave memory tokens enter ${self} ${self} leave logits`);
  assert.ok(all.flatMap(needs).every((name) => name === "memory" || /resid_pre|resid_post|attn|cross_out/.test(name)));
  for (const at of all) {
    const boxes = drawing(parts(all), at).boxes.filter(({kind}) => kind !== "part");
    assert.ok(boxes.every(({kind}) => kind === "sublayer"), "nothing that is not known is drawn");
  }
  trace.names.push("decoder.blocks.0.resid_mid");
  trace.model.config.stacks = {decoder: {norm: "pre"}};
  assert.ok(stages(trace).some(({kind, sublayer, part}) => kind === "add" && sublayer === "attn" && part === "decoder.blocks.0"));
  assert.equal(stages({...trace, predictions: []}).at(-1).kind, "leave");
});

test("a real model's norms, sums and MLP stand where its dry run found them", () => {
  const at = "decoder.blocks.0", inside = ["resid_mid", "mlp_out", "mlp.pre", "mlp.post", "norm_attn.normalized", "norm_mlp.normalized"].map((name) => `${at}.${name}`);
  const self = "qkv scores scale mask softmax sum out";
  const row = (facts, names = inside, more = []) => {
    const trace = model("decoder", {layers: 1});
    trace.model.config = {family: "some", n_layers: 1, n_heads: 2, d_model: 8, stacks: {decoder: facts}};
    return stages(Object.assign(trace, {names: ["decoder.embed", "logits", ...names, ...more], predictions: [[{}]]}));
  };
  assert.equal(said(row({norm: "pre", enters: true})), `tokens embed norm ${self} add norm mlp add logits`);
  assert.equal(said(row({norm: "pre", enters: false}, inside, ["decoder.pos_embed", "decoder.norm.normalized"])), `tokens embed position norm ${self} add norm mlp add final logits`);
  const turned = row({norm: "pre", enters: true}, inside, ["q", "k"].map((name) => `${at}.attn.${name}_unrotated`));
  assert.match(said(turned), /norm qkv rotate scores/);
  assert.equal(turned.find(({kind}) => kind === "qkv").tensors.q, `${at}.attn.q_unrotated`);
  const behind = row({norm: "post", enters: false});
  assert.equal(said(behind), `tokens embed enter ${self} add mlp add logits`);
  assert.ok(behind.filter(({kind}) => kind === "add").every(({after}) => after));
  assert.deepEqual(checks({trace: null, stage: behind.find(({kind}) => kind === "add"), site: {n_heads: 2}, head: 0}), []); // a norm comes between
  const beside = row({norm: "parallel", enters: true}, inside.slice(1));
  assert.equal(said(beside), `tokens embed norm ${self} norm mlp add logits`);
  assert.deepEqual(beside.at(-2).tensors, {x: `${at}.resid_pre`, adds: `${at}.attn_out`, also: `${at}.mlp_out`, sum: `${at}.resid_post`});
  const gated = row({norm: "pre", enters: true}, inside.filter((name) => !/mlp\.p/.test(name)));
  assert.deepEqual(Object.keys(gated.find(({kind}) => kind === "mlp").tensors), ["normalized", "out"]);
  assert.deepEqual(row({norm: "post", enters: false, d_embed: 2}, [...inside, "decoder.narrow_embed"]).slice(1, 3).map(({kind, tensors}) => [kind, Object.values(tensors)]),
    [["embed", ["decoder.narrow_embed"]], ["enter", [`${at}.resid_pre`]]]);
  const between = row({norm: "pre", enters: true}, inside, ["attn", "mlp"].map((name) => `${at}.norm_${name}_out.normalized`));
  assert.equal(said(between), `tokens embed norm ${self} between add norm mlp between add logits`);
  assert.deepEqual(between.filter(({kind}) => ["between", "add"].includes(kind)).map(({tensors: {x, adds, normalized}}) => [x, adds ?? normalized].map((name) => name.slice(at.length + 1))), [
    ["attn_out", "norm_attn_out.normalized"], ["resid_pre", "norm_attn_out.normalized"], ["mlp_out", "norm_mlp_out.normalized"], ["resid_mid", "norm_mlp_out.normalized"]]);
  assert.deepEqual(between.filter((stage) => stage.between).map(({kind}) => kind), ["out", "mlp"]);
  const drawn = drawing(parts(between), between[4]).boxes.filter(({kind}) => kind !== "part");
  assert.deepEqual(drawn.map(({kind}) => kind), ["norm", "sublayer", "norm", "add", "norm", "sublayer", "norm", "add"]);
  assert.equal(said(row({norm: "", enters: true}, [`${at}.norm_attn.normalized`])), `tokens embed norm ${self} leave logits`);
});

/** What checks come to once all of them is worked. */
function worked(given) {
  const all = begun(checks(given));
  assert.equal(goOn(all, Infinity, () => 0), false);
  return all.map(({most}) => most);
}

test("three that are added at once are checked, and an activation that is not known is not", () => {
  const of = (data) => ({shape: [1, 2], data: Float32Array.from(data)});
  const tensors = {a: of([1, 2]), b: of([10, 20]), c: of([100, 200]), s: of([111, 222.5])}, trace = {tensors, sites: []};
  const stage = {kind: "add", tensors: {x: "a", adds: "b", also: "c", sum: "s"}, facts: {}};
  assert.deepEqual(worked({trace, stage, site: {n_heads: 1}, head: 0}), [0.5]);
  const mlp = (activation) => worked({trace: {tensors: {a: of([-1, 1]), b: of([0, 1])}}, stage: {kind: "mlp", tensors: {pre: "a", post: "b", out: "a"}, facts: {activation}}, site: {n_heads: 1}, head: 0});
  assert.deepEqual(mlp("relu"), [0]);
  assert.ok(mlp("silu")[0] > 0.1);
  assert.deepEqual(mlp(""), []);
});

test("a check goes on where it was when the time of a frame is over, looks at every row, and finds the one that is furthest off", () => {
  const rows = 1000, columns = 3, pre = Float32Array.from({length: rows * columns}, (_, i) => (i % 7) - 3), post = pre.map((x) => Math.max(0, x));
  post[columns * 700 + 1] += 0.25;
  const tensors = Object.fromEntries(Object.entries({a: pre, b: post}).map(([name, data]) => [name, {shape: [rows, columns], data}]));
  const stage = {kind: "mlp", tensors: {pre: "a", post: "b", out: "a"}, facts: {activation: "relu"}};
  const [all] = [begun(checks({trace: {tensors}, stage, site: {n_heads: 1}, head: 0}))], found = [];
  let now = 0, left = true;
  while (left) {
    const until = now + 300;
    left = goOn(all, until, () => now++); // a row takes 1 ms
    found.push([all[0].done, all[0].most]);
  }
  assert.deepEqual(found, [[300, 0], [600, 0], [900, 0.25], [1000, 0.25]]);
  assert.deepEqual([all[0].rows, all[0].of], [rows, rows]);
});

test("what is said of a real model's stages is what they do", () => {
  const t = (message, values = {}) => message.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
  const said = (stage, own) => stageMeaning(t, {real: true, tensors: {}, ...stage}, {n_heads: 4, nKeyHeads: 4, head: 0, d_model: 8, d_mlp: 32, n_vocab: 9, ...own});
  assert.match(said({kind: "norm"}, {normalizes: "rms"}), /mean of its squares/);
  assert.match(said({kind: "norm"}, {normalizes: "layer"}), /mean 0/);
  assert.doesNotMatch(said({kind: "norm"}, {normalizes: ""}), /mean/);
  assert.match(said({kind: "mlp", tensors: {pre: "", post: ""}}, {activation: "relu"}), /32 hidden features, ReLU/);
  assert.match(said({kind: "mlp", tensors: {pre: "", post: ""}}, {activation: "gelu_tanh"}), /GELU/);
  assert.doesNotMatch(said({kind: "mlp", tensors: {pre: "", post: ""}}, {activation: "", d_mlp: undefined}), /[{}]|LU/);
  assert.doesNotMatch(said({kind: "mlp"}, {activation: ""}), /LU/);
  assert.match(said({kind: "add", after: true}, {}), /norm stands behind/);
  assert.match(said({kind: "out"}, {}), /what attention will add/);
  assert.match(said({kind: "out", between: true}, {}), /a norm of its own comes first/);
  assert.match(said({kind: "between", sublayer: "attn", tensors: {x: "a.attn_out"}}, {}), /attn_out is what W_O made.*y what will be added/);
  assert.match(said({kind: "embed", tensors: {embed: "encoder.narrow_embed"}}, {d_embed: 4}), /a vector of 4 numbers.*makes 8 numbers/);
  assert.match(said({kind: "qkv", tensors: {q: "x.q_unrotated"}}, {}), /turned in the next stage/);
  assert.match(said({kind: "qkv", tensors: {q: "x.q"}}, {}), /as the scores take it/);
});
