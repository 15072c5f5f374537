import assert from "node:assert/strict";
import test from "node:test";
import {page} from "./page.mjs";

const {signal} = await import("@preact/signals").catch(() => page("../vendor/signals.js"));
const {createOpening} = await page("opening.js");

const words = (text, values = {}) => text.replace(/{(\w+)}/g, (_, name) => values[name] ?? "");
const shipped = {id: "decoder", kind: "decoder", source: "shipped", title: "Decoder", checkpoints: [], state: "ready"};
const gpt2 = {id: "gpt2", kind: "decoder", source: "hub", title: "gpt2", checkpoints: [], state: "ready"};
const later = () => new Promise((done) => { setTimeout(done); });

function bench({others, address}) {
  const names = ["model", "text", "target", "site", "head", "query", "key", "checkpoint", "edits", "lang"];
  const state = Object.fromEntries(names.map((name) => [name, signal(address[name] ?? (["head", "query", "key", "checkpoint"].includes(name) ? null : ""))]));
  state.set = (changes) => { for (const [name, value] of Object.entries(changes)) state[name].value = value; };
  const models = signal([shipped]), beside = signal(others), draft = signal({text: "", target: ""}), refusal = signal(""), ran = [];
  const opening = createOpening({
    examples: [], state, draft, models, others: beside, modelOf: (id) => models.value.find((one) => one.id === id) ?? {checkpoints: []}, refusal, t: signal(words),
    run: async () => { ran.push([state.model.value, draft.value.text]); refusal.value = ""; return true; },
  });
  return {opening, state, models, beside, draft, refusal, ran};
}

test("an address waits for its model, says so, and opens it once it is there", async () => {
  const {opening, models, beside, refusal, ran} = bench({others: [{...gpt2, kind: undefined, state: "loading"}], address: {model: "gpt2", text: "A cat"}});
  const opened = opening.open({});
  await later();
  assert.deepEqual(ran, []);
  assert.match(refusal.value, /gpt2 is being loaded/);
  beside.value = [{...gpt2, kind: undefined, state: "loading", seconds: 2}];
  await later();
  assert.deepEqual(ran, []);
  models.value = [shipped, gpt2];
  beside.value = [];
  await opened;
  assert.deepEqual([ran, refusal.value], [[["gpt2", "A cat"]], ""]);
});

test("what was typed while it was waited for is what is run", async () => {
  const {opening, models, beside, draft, ran} = bench({others: [{...gpt2, kind: undefined, state: "waiting"}], address: {model: "gpt2", text: "A cat"}});
  const opened = opening.open({});
  draft.value = {text: "A dog", target: ""};
  models.value = [shipped, gpt2];
  beside.value = [];
  await opened;
  assert.deepEqual(ran, [["gpt2", "A dog"]]);
});

test("another model that is chosen meanwhile is left alone", async () => {
  const {opening, state, models, beside, ran} = bench({others: [{...gpt2, kind: undefined, state: "waiting"}], address: {model: "gpt2", text: "A cat"}});
  const opened = opening.open({});
  state.model.value = "decoder";
  models.value = [shipped, gpt2];
  beside.value = [];
  await opened;
  assert.deepEqual(ran, []);
});

test("of a model that failed, now or while it is waited for, the address says why and shows the first", async () => {
  const broken = {...gpt2, kind: undefined, state: "failed", detail: "Files are missing."};
  const now = bench({others: [broken], address: {model: "gpt2", text: "A cat"}});
  await now.opening.open({});
  assert.deepEqual([now.ran, now.refusal.value], [[["decoder", "A cat"]], "gpt2 cannot be shown: Files are missing."]);
  const soon = bench({others: [{...broken, state: "loading"}], address: {model: "gpt2", text: "A cat"}}), opened = soon.opening.open({});
  await later();
  soon.beside.value = [broken];
  await opened;
  assert.deepEqual([soon.ran, soon.refusal.value], [[["decoder", "A cat"]], "gpt2 cannot be shown: Files are missing."]);
});

test("a model that this server has not is said to be none", async () => {
  const {opening, refusal, ran} = bench({others: [], address: {model: "elsewhere", text: "A cat"}});
  await opening.open({});
  assert.deepEqual(ran, [["decoder", "A cat"]]);
  assert.match(refusal.value, /no model “elsewhere”/);
});
