import assert from "node:assert/strict";
import test from "node:test";
import {page} from "./page.mjs";

const {signal} = await import("@preact/signals");
const {createGathering} = await page("gathering.js");
const {bytesOf} = await page("spread.js");

const NAMES = ["q", "k", "v", "z", "log_denominator"];
const settle = () => new Promise((done) => { setTimeout(done, 2); });

function run() {
  const sites = [0, 1, 2].map((layer) => ({name: `decoder.blocks.${layer}.attn`, layer, n_heads: 4, query: "target", key: "target"}));
  return {sites, tensors: {}, model: {config: {d_model: 32, n_heads: 4}}, along: () => Array(10), site: (name) => sites.find((one) => one.name === name)};
}

/** A page whose server answers when it is told to. */
function wired() {
  const trace = signal(run()), asked = [];
  const gathering = createGathering({trace, told: (error) => error.message, bring: (one, names, aborts) => new Promise((done, failed) => {
    asked.push({names, aborts, failed, answer: () => done({tensors: Object.fromEntries(names.map((name) => [name, {}]))})});
  })});
  return {trace, asked, gathering, shown: () => gathering.shown.value};
}

test("what is asked for comes one attention at a time, and what is here is not asked for", async () => {
  const {trace, asked, gathering, shown} = wired(), [first, second, third] = trace.value.sites;
  for (const name of NAMES) trace.value.tensors[`${second.name}.${name}`] = {};
  gathering.on.start([first, second, third]);
  assert.deepEqual(asked.map(({names}) => names), [NAMES.map((name) => `${first.name}.${name}`)]);
  assert.ok(shown().going);
  asked[0].answer();
  await settle();
  assert.deepEqual(asked[1].names, NAMES.map((name) => `${third.name}.${name}`));
  asked[1].answer();
  await settle();
  assert.deepEqual([shown().going, shown().arrived, asked.length], [false, 3, 2]);
  assert.equal(Object.keys(trace.value.tensors).length, 15);
});

test("another run ends it, and so does whoever stops it", async () => {
  const {trace, asked, gathering, shown} = wired();
  gathering.on.start(trace.value.sites);
  trace.value = run();
  assert.ok(asked[0].aborts.aborted && !shown().going);
  asked[0].answer();
  await settle();
  assert.equal(asked.length, 1);
  gathering.on.start(trace.value.sites);
  gathering.on.stop();
  assert.ok(asked[1].aborts.aborted && !shown().going);
});

test("what fails is told, and can be asked for again", async () => {
  const {trace, asked, gathering, shown} = wired();
  gathering.on.start(trace.value.sites);
  asked[0].failed(new Error("not now"));
  await settle();
  assert.deepEqual([shown().going, shown().problem], [false, "not now"]);
  gathering.on.start(trace.value.sites);
  assert.deepEqual([shown().going, shown().problem, asked.length], [true, "", 2]);
});

test("an attention's queries, keys, values and what its heads bring are so many bytes", () => {
  const trace = run();
  assert.equal(bytesOf(trace, trace.sites), 3 * 4 * (4 * 10 * 32)); // q, k, v, z: [10, 32] float32
  trace.model.config.n_kv_heads = 1;
  assert.equal(bytesOf(trace, trace.sites.slice(0, 1)), 4 * (2 * 10 * 32 + 2 * 10 * 8));
});
