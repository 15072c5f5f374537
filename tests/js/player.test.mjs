import assert from "node:assert/strict";
import test from "node:test";
import {page} from "./page.mjs";

const {play} = await page("player.js");

async function played(options, show = async () => true) {
  const shown = [], {signal = new AbortController().signal} = options;
  await play({from: 0, count: 4, stays: 1, ...options, signal, show: (i) => { shown.push(i); return show(i); }});
  return shown;
}

test("every picture is shown, from where it is told to the last", async () => {
  assert.deepEqual(await played({}), [0, 1, 2, 3]);
  assert.deepEqual(await played({from: 2}), [2, 3]);
  assert.deepEqual(await played({from: 4}), []);
});

test("it ends where a picture cannot be shown", async () => {
  assert.deepEqual(await played({}, async (i) => i < 1), [0, 1]);
});

test("it ends when it is told to, and at once", async () => {
  const control = new AbortController(), begun = performance.now();
  const shown = await played({signal: control.signal, stays: 60_000}, async (i) => { if (i === 0) setTimeout(() => control.abort()); return true; });
  assert.deepEqual(shown, [0]);
  assert.ok(performance.now() - begun < 30_000);
});

test("a picture stays for its time, however soon the next could be shown; the last is not waited for", async () => {
  const begun = performance.now();
  await played({count: 3, stays: 40});
  const took = performance.now() - begun;
  assert.ok(took >= 78, `${took} ms`);
  const alone = performance.now();
  await played({count: 1, stays: 60_000});
  assert.ok(performance.now() - alone < 30_000);
});
