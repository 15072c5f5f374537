import assert from "node:assert/strict";
import test from "node:test";
import {page} from "./page.mjs";

const {createAwaiting} = await page("awaiting.js");
const {createModelList} = await page("model_list.js");

/** A list of one model whose states are these, one after the other, and a clock that goes on by hand. */
function bench(...states) {
  const due = [], list = createModelList({ask: async () => [{id: "m", kind: "decoder", state: states.shift()}], later: (then) => due.push(then)});
  const awaiting = createAwaiting({modelOf: (id) => list.models.value.find((one) => one.id === id) ?? {}, refresh: list.load});
  const run = {times: 0, again: () => { run.times += 1; }};
  return {...awaiting, run, load: list.load, tick: () => due.pop()()};
}

test("what was refused runs once the model is there, and only once", async () => {
  const {wait, run, load, tick} = bench("ready", "waiting", "loading", "ready");
  await load(); // it was there when the page asked, and was unloaded since
  await wait("m", run.again);
  assert.equal(run.times, 0);
  await tick();
  assert.equal(run.times, 0);
  await tick();
  assert.equal(run.times, 1);
});

test("what is not wanted any more does not run, nor what a model that failed was asked", async () => {
  const one = bench("waiting", "ready");
  await one.wait("m", one.run.again);
  one.stop();
  await one.tick();
  assert.equal(one.run.times, 0);
  const early = bench("ready");
  const waits = early.wait("m", early.run.again);
  early.stop();
  await waits;
  assert.equal(early.run.times, 0);
  const failed = bench("loading", "failed");
  await failed.wait("m", failed.run.again);
  await failed.tick();
  assert.equal(failed.run.times, 0);
});
