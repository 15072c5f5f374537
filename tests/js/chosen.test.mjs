import assert from "node:assert/strict";
import test from "node:test";
import {page} from "./page.mjs";

const {signal} = await import("@preact/signals");
const {createChosen} = await page("chosen.js");

const LASTS = ["q", "k", "v", "z", "log_denominator"];
const settled = () => new Promise((done) => { setTimeout(done); });

/** A run of two attentions of which the first is here. */
function wired(answer = (names) => names) {
  const sites = ["a.attn", "b.attn"].map((name) => ({name, query: "target", key: "target"}));
  const of = (name) => Object.fromEntries(LASTS.map((last) => [`${name}.${last}`, {}]));
  const one = {sites, site: (name) => sites.find((site) => site.name === name), tensors: of("a.attn")};
  const trace = signal(null), wanted = signal(""), asked = [], failures = [];
  const {chosen, waiting} = createChosen({trace, wanted, failed: (error, site) => failures.push([error.message, site.name]),
    bring: async (_, names, aborts) => {
      asked.push({names, aborts});
      return {tensors: Object.fromEntries((await answer(names)).map((name) => [name, {}]))};
    }});
  return {trace, one, wanted, asked, failures, waiting, shown: () => chosen.value?.site.name};
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
  assert.deepEqual([shown(), waiting.value, failures], ["a.attn", false, [["gone", "a.attn"]]]);
});
