import assert from "node:assert/strict";
import test from "node:test";
import {page} from "./page.mjs";

const {signal} = await import("@preact/signals");
const {createChosen} = await page("chosen.js");

const LASTS = ["q", "k", "v", "z", "log_denominator"];
const settled = () => new Promise((done) => { setTimeout(done); });

/** A run of two attentions of which the first is here. index: the head, where no other is drawn */
function wired(answer = (names) => names, index = null) {
  const sites = ["a.attn", "b.attn"].map((name) => ({name, query: "target", key: "target", n_heads: 4})), parts = new Map();
  const of = (name) => Object.fromEntries(LASTS.map((last) => [`${name}.${last}`, {}]));
  const one = {sites, site: (name) => sites.find((site) => site.name === name), tensors: of("a.attn"),
    part: ({name}, head) => parts.get(`${name} ${head}`), put: ({name}, head, tensors) => parts.set(`${name} ${head}`, tensors),
    partsOf: ({name}) => [...parts.keys()].filter((at) => at.startsWith(name)).length};
  const trace = signal(null), wanted = signal(""), head = signal(index), asked = [], failures = [];
  const {chosen, waiting} = createChosen({trace, wanted, head, failed: (error, {site, head: stays}) => failures.push([error.message, site.name, stays]),
    bring: async (_, names, aborts, {heads} = {}) => {
      asked.push({names, aborts, heads});
      return {tensors: Object.fromEntries((await answer(names)).map((name) => [name, {}]))};
    }});
  return {trace, one, wanted, head, asked, failures, waiting, shown: () => chosen.value?.site.name, drawn: () => chosen.value?.head};
}

test("an attention that is here is shown at once, and nothing is asked for", () => {
  const {trace, one, asked, waiting, shown} = wired();
  assert.equal(shown(), undefined);
  trace.value = one;
  assert.deepEqual([shown(), waiting.value, asked.length], ["a.attn", false, 0]);
});

test("another one is asked for once; until it is here the one before is shown", async () => {
  const {trace, one, wanted, asked, waiting, shown} = wired();
  trace.value = one;
  wanted.value = "b.attn";
  assert.deepEqual([shown(), waiting.value], ["a.attn", true]);
  await settled();
  assert.deepEqual([shown(), waiting.value], ["b.attn", false]);
  wanted.value = "a.attn";
  wanted.value = "b.attn";
  assert.equal(shown(), "b.attn");
  assert.deepEqual(asked.map(({names}) => names), [LASTS.map((last) => `b.attn.${last}`)]);
});

test("who goes back before it is here stays there", async () => {
  let arrive;
  const {trace, one, wanted, asked, waiting, shown} = wired((names) => new Promise((done) => { arrive = () => done(names); }));
  trace.value = one;
  wanted.value = "b.attn";
  wanted.value = "a.attn";
  assert.equal(asked[0].aborts.aborted, true);
  arrive();
  await settled();
  assert.deepEqual([shown(), waiting.value], ["a.attn", false]);
});

test("what cannot be had is told, with the attention that stays", async () => {
  const {trace, one, wanted, failures, waiting, shown} = wired(() => { throw new Error("gone"); });
  trace.value = one;
  wanted.value = "b.attn";
  await settled();
  assert.deepEqual([shown(), waiting.value, failures], ["a.attn", false, [["gone", "a.attn", null]]]);
});

test("of one head its own rows are asked for, and of an attention of which a second head was chosen then the rest", async () => {
  const {trace, one, wanted, head, asked, waiting, drawn} = wired(undefined, 1), names = LASTS.map((last) => `b.attn.${last}`);
  wanted.value = "b.attn";
  trace.value = one;
  assert.deepEqual([drawn(), waiting.value], [undefined, true]);
  await settled();
  assert.deepEqual([drawn(), waiting.value, asked.map(({heads}) => heads)], [1, false, [[1]]]);
  assert.ok(!("b.attn.q" in one.tensors)); // one head is no attention
  head.value = 3;
  assert.deepEqual([drawn(), waiting.value], [1, true]);
  await settled();
  assert.deepEqual([drawn(), waiting.value], [3, false]);
  await settled();
  assert.deepEqual(asked.map((each) => [each.names, each.heads]), [[names, [1]], [names, [3]], [names, undefined]]);
  head.value = 2;
  assert.deepEqual([drawn(), waiting.value, asked.length], [2, false, 3]);
});

test("the whole attention is asked for where a view draws more than one head", async () => {
  const {trace, one, wanted, head, asked, waiting, drawn} = wired(undefined, 1);
  wanted.value = "b.attn";
  trace.value = one;
  await settled();
  head.value = null;
  assert.deepEqual([drawn(), waiting.value], [1, true]);
  await settled();
  assert.deepEqual([drawn(), waiting.value, asked.at(-1).heads, "b.attn.q" in one.tensors], [null, false, undefined, true]);
});

test("a head that cannot be had leaves the one before", async () => {
  let broken = false;
  const {trace, one, wanted, head, failures, waiting, drawn} = wired((names) => { if (broken) throw new Error("gone"); return names; }, 1);
  wanted.value = "b.attn";
  trace.value = one;
  await settled();
  broken = true;
  head.value = 3;
  await settled();
  assert.deepEqual([drawn(), waiting.value, failures], [1, false, [["gone", "b.attn", 1]]]);
});
