import assert from "node:assert/strict";
import test from "node:test";
import {page} from "./page.mjs";

const {signal} = await import("@preact/signals");
const {createLagging} = await page("lagging.js");

const KINDS = ["head_scores", "head_chance", "head_out_norm", "head_out_share"];
const settled = () => new Promise((done) => { setTimeout(done); });

/** A run of three attentions of which no kinds are here. answer: what becomes of a request for those of a site */
function wired(answer = async () => {}) {
  const sites = ["a.attn", "b.attn", "c.attn"].map((name) => ({name}));
  const trace = signal({sites, site: (name) => sites.find((site) => site.name === name), tensors: {}}), asked = [], failures = [], waits = [];
  const lagging = createLagging({trace, site: signal("b.attn"), failed: (error) => failures.push(error.message), wait: (then, ms) => { waits.push(ms); then(); },
    bring: async (_, names, aborts) => {
      const site = names[0].split(".head")[0];
      asked.push(site);
      await answer(site, aborts);
      return {tensors: Object.fromEntries(names.map((name) => [name, {}]))};
    }});
  return {lagging, trace, asked, failures, waits};
}

const refused = (after) => { throw Object.assign(new Error("too slow"), {after}); };

test("the chosen attention's come first, one after the other, and what is here is not asked for again", async () => {
  const {lagging, trace, asked} = wired();
  await lagging.goOn();
  assert.deepEqual([asked, lagging.late.value], [["b.attn", "a.attn", "c.attn"], 3]);
  assert.equal(Object.keys(trace.value.tensors).length, 3 * KINDS.length);
  await lagging.goOn();
  assert.equal(asked.length, 3);
});

test("it rests while something else is made, and then goes on with what is lacking", async () => {
  const arrive = [], {lagging, asked, failures} = wired((site, aborts) => new Promise((done, fail) => {
    arrive.push(done);
    aborts.addEventListener("abort", () => fail(Object.assign(new Error("aborted"), {name: "AbortError"})));
  }));
  lagging.goOn();
  arrive.shift()();
  await settled();
  lagging.rest();
  await settled();
  assert.deepEqual([asked, failures], [["b.attn", "a.attn"], []]);
  lagging.goOn();
  assert.deepEqual(asked, ["b.attn", "a.attn", "a.attn"]);
});

test("where the server has too much to do it is asked again when it said, at most three times; what lasts is told at once", async () => {
  let left = 2;
  const busy = wired(async () => { if (left-- > 0) refused(5); });
  await busy.lagging.goOn();
  assert.deepEqual([busy.waits, busy.failures, busy.lagging.late.value], [[5000, 5000], [], 3]);
  const never = wired(async () => refused(2)), gone = wired(async () => refused(0));
  await Promise.all([never.lagging.goOn(), gone.lagging.goOn()]);
  assert.deepEqual([never.asked.length, never.failures], [4, ["too slow"]]);
  assert.deepEqual([gone.asked.length, gone.failures], [1, ["too slow"]]);
});
