import assert from "node:assert/strict";
import test from "node:test";
import {page} from "./page.mjs";

const {batch, signal} = await import("@preact/signals");
const {createStepping, SPEEDS} = await page("stepping.js");
const {needs, parts} = await page("stages.js");

const settle = () => new Promise((done) => { setTimeout(done, 5); });

function model(tensors = {}) {
  const sites = [0, 1, 2].map((layer) => ({name: `decoder.blocks.${layer}.attn`, layer, n_heads: 2, query: "target", key: "target"}));
  return {sites, model: {config: {positions: "rotary"}}, tensors};
}

/** A page whose server answers when it is told to. */
function wired({step = null, answer = (names) => names} = {}) {
  const asked = [], state = {step: signal(step), site: signal("decoder.blocks.1.attn")};
  state.set = (changes) => batch(() => { for (const [name, value] of Object.entries(changes)) state[name].value = value; });
  const trace = signal(null);
  const stepping = createStepping({state, trace, told: (error) => error.message, bring: async (one, names, aborts) => {
    asked.push({names, aborts});
    const found = await answer(names, asked.length);
    return {tensors: Object.fromEntries(found.map((name) => [name, {}]))};
  }});
  trace.value = model();
  return {stepping, state, trace, asked, shown: () => stepping.shown.value};
}

test("closed, it asks for nothing", async () => {
  const {asked, shown} = wired();
  await settle();
  assert.equal(asked.length, 0);
  assert.equal(shown().stage, null);
  assert.equal(shown().all.length, 3 + 3 * 13 + 2);
});

test("opened, it asks for its part first, then for the neighbours, each name once", async () => {
  const {stepping, asked, shown, state} = wired();
  stepping.on.open("decoder.blocks.1.attn");
  assert.equal(shown().stage.id, "decoder.blocks.1/attn/norm");
  assert.ok(shown().waiting && shown().drawn === null);
  await settle();
  const row = parts(shown().all);
  assert.deepEqual(asked.map(({names}) => new Set(names.map((name) => name.split(".")[2]))), [new Set(["1"]), new Set(["0", "2"])]);
  assert.deepEqual(new Set(asked[0].names), new Set(row[2].stages.flatMap(needs)));
  assert.ok(!shown().waiting && shown().drawn.stage.step === state.step.value);
  stepping.on.go(state.step.value + 1);
  assert.ok(!shown().waiting);
  await settle();
  assert.equal(asked.length, 2);
});

test("the earlier picture stays until the next has all that it needs", async () => {
  let arrive;
  const {stepping, shown} = wired({step: 20, answer: (names, count) => (count < 3 ? names : new Promise((done) => { arrive = () => done(names); }))});
  await settle();
  const before = shown().drawn.stage;
  stepping.on.go(shown().all.length - 1);
  await settle();
  assert.ok(shown().waiting);
  assert.equal(shown().drawn.stage, before);
  arrive();
  await settle();
  assert.ok(!shown().waiting);
  assert.equal(shown().drawn.stage, shown().stage);
});

test("a failure is told in words, the picture stays, and asking again can help", async () => {
  let broken = true;
  const {stepping, shown} = wired({step: 20, answer: (names) => { if (broken) throw new Error("gone"); return names; }});
  await settle();
  assert.equal(shown().problem, "gone");
  assert.ok(shown().waiting);
  broken = false;
  stepping.on.again();
  await settle();
  assert.equal(shown().problem, "");
  assert.ok(!shown().waiting);
});

test("another run's numbers are asked for anew; an answer of the former run is dropped", async () => {
  const {trace, asked, shown} = wired({step: 20});
  trace.value = model();
  assert.ok(asked[0].aborts.aborted);
  await settle();
  assert.equal(shown().drawn.trace, trace.value);
});

test("a step beyond the last is the last; the stage's attention becomes the chosen one", async () => {
  const {stepping, state, shown} = wired({step: 99_999});
  assert.equal(shown().stage.kind, "logits");
  stepping.on.go(-5);
  assert.equal(state.step.value, 0);
  assert.equal(state.site.value, "decoder.blocks.0.attn");
  stepping.on.site("decoder.blocks.2.attn");
  assert.equal(shown().stage.site, "decoder.blocks.2.attn");
  stepping.on.close();
  assert.deepEqual([state.step.value, state.site.value], [null, "decoder.blocks.2.attn"]);
});

test("it plays to the end and stops there, and begins anew from there", async () => {
  const {stepping, state, shown} = wired({step: 0});
  SPEEDS.fast = 1;
  stepping.on.speed("fast");
  stepping.on.go(shown().all.length - 4);
  await settle();
  stepping.on.play();
  assert.ok(shown().playing);
  await new Promise((done) => { setTimeout(done, 60); });
  assert.equal(state.step.value, shown().all.length - 1);
  assert.ok(!shown().playing);
  stepping.on.play();
  assert.equal(state.step.value, 0);
  stepping.on.play();
  assert.ok(!shown().playing);
});

test("a click while it plays stops it", async () => {
  const {stepping, state, shown} = wired({step: 5});
  await settle();
  stepping.on.play();
  assert.equal(state.step.value, 6);
  stepping.on.go(9);
  await settle();
  assert.ok(!shown().playing);
  assert.equal(state.step.value, 9);
});

test("a file is asked for nothing: a stage that it lacks numbers for says so, and playing goes past it", async () => {
  const {stepping, state, trace, asked, shown} = wired();
  const held = Object.fromEntries(["q", "k", "v", "z", "log_denominator"].map((name) => [`decoder.blocks.1.attn.${name}`, {}]));
  trace.value = {...model(held), file: {name: "some.safetensors"}, predictions: []};
  const {all} = shown(), at = (kind) => all.find((stage) => stage.kind === kind && stage.site === "decoder.blocks.1.attn" && stage.sublayer === "attn");
  assert.deepEqual(["scores", "mask", "softmax", "sum"].map((kind) => at(kind).lacks), [[], [], [], []]);
  assert.deepEqual(at("out").lacks, ["decoder.blocks.1.attn_out"]);
  assert.deepEqual(all.at(-1).lacks, ["decoder.norm.normalized", "predictions"]);
  stepping.on.go(at("softmax").step);
  assert.equal(shown().drawn.stage, at("softmax"));
  SPEEDS.fast = 1;
  stepping.on.speed("fast");
  stepping.on.play(); // the weighted sum, which is there
  stepping.on.go(at("out").step);
  assert.ok(shown().drawn === null && !shown().waiting && shown().problem === "");
  stepping.on.play();
  await new Promise((done) => { setTimeout(done, 80); });
  assert.equal(state.step.value, all.length - 1);
  assert.equal(asked.length, 0);
});

test("a file of weights alone has no stages", () => {
  const {trace, shown} = wired();
  trace.value = {size: {layers: 1}, file: {}, sites: [{name: "blocks.0.attn"}], model: {}, tensors: {}};
  assert.deepEqual(shown().all, []);
});
