import assert from "node:assert/strict";
import test from "node:test";
import {page} from "./page.mjs";

const {createModelList} = await page("model_list.js");
const {choosable, stateOf} = await page("model_states.js");
const {titleOf} = await page("names.js");

const t = (text, values = {}) => text.replace(/{(\w+)}/g, (_, name) => values[name]);
const shipped = {id: "decoder", kind: "decoder", source: "shipped", title: "Decoder, English and Chinese", state: "ready"};
const bare = {id: "gpt2", title: "gpt2", source: "hub"}, whole = {...bare, kind: "decoder", state: "ready"};

/** A server whose answers are these, one after the other, and a clock that goes on by hand. */
function bench(answers) {
  const waiting = [];
  const list = createModelList({
    ask: async () => { const next = answers.shift(); if (next instanceof Error) throw next; return next; },
    later: (then, ms) => { waiting.push({then, ms}); return waiting.length; },
  });
  return {...list, waiting, tick: () => waiting.pop().then()};
}

test("a model that is loading stands with the others and is asked about until it is there", async () => {
  const {models, others, load, waiting, tick} = bench([
    [shipped, {...bare, state: "waiting"}], new Error("offline"), [shipped, {...bare, state: "loading", seconds: 3}], [shipped, whole],
  ]);
  await load();
  assert.deepEqual([models.value.map(({id}) => id), others.value.map(({id}) => id)], [["decoder"], ["gpt2"]]);
  assert.deepEqual(waiting.map(({ms}) => ms), [2000]);
  await tick();
  assert.equal(others.value[0].state, "waiting"); // an answer that did not come changes nothing
  await tick();
  assert.equal(others.value[0].seconds, 3);
  await tick();
  assert.deepEqual([models.value, others.value, waiting], [[shipped, whole], [], []]);
});

test("nothing is asked again where none is to come, and asked once where it is asked for twice", async () => {
  const still = bench([[shipped, {...bare, state: "failed"}]]);
  await still.load();
  assert.equal(still.waiting.length, 0);
  const twice = bench([[{...bare, state: "loading"}], [{...bare, state: "loading"}]]);
  await twice.load();
  await twice.load();
  assert.equal(twice.waiting.length, 1);
});

test("the first answer that does not come is told to who asked", async () => {
  await assert.rejects(bench([new Error("offline")]).load(), /offline/);
});

test("a model that is being read again is still known", async () => {
  const {models, load} = bench([[shipped, {...whole, state: "loading", seconds: 1}]]);
  await load();
  assert.deepEqual(models.value.map((one) => [one.id, choosable(one)]), [["decoder", true], ["gpt2", false]]);
});

test("what is not there says why, and can be chosen when it is", () => {
  const told = (state, more) => stateOf(t, {...bare, state, ...more});
  assert.equal(told("waiting"), "waits to be loaded");
  assert.equal(told("waiting", {detail: "A run takes its room."}), "A run takes its room.");
  assert.equal(told("loading", {seconds: 12.4}), "is being loaded, 12 s so far");
  assert.equal(told("failed", {detail: "Fetch it again."}), "Fetch it again.");
  assert.deepEqual(["ready", "unloaded", "waiting", "loading", "failed", undefined].map((state) => choosable({state})), [true, true, false, false, false, true]);
  assert.deepEqual([told("ready"), told("unloaded"), told(undefined)], ["", "", ""]);
});

test("a model that was named has its own name, a shipped one that of its kind", () => {
  assert.equal(titleOf(t, whole), "gpt2");
  assert.equal(titleOf(t, shipped), "Decoder");
});
