import assert from "node:assert/strict";
import test from "node:test";
import {page} from "./page.mjs";

const {handOvers, lastTick, relayAt, survival, ticks} = await page("relay.js");

/** The shortest way through a graph, by trying: an edge from each word to those that `next` names. */
function shortest(from, to, next) {
  let reached = new Set([from]), steps = 0;
  while (!reached.has(to)) {
    reached = new Set([...reached, ...[...reached].flatMap(next)]);
    steps++;
  }
  return steps;
}

test("hand-overs are the shortest way from word to word", () => {
  for (const n of [4, 9, 64]) {
    const all = Array.from({length: n}, (_, i) => i + 1);
    for (const [from, to] of [[1, n], [2, 3], [1, 2], [3, n]]) {
      assert.deepEqual(handOvers(from, to), {relay: shortest(from, to, (word) => [Math.min(n, word + 1)]), table: shortest(from, to, () => all)});
    }
  }
});

test("a note is handed on one word a tick, and lies on the table after one", () => {
  const state = {n: 10, from: 2, to: 7, kept: 0.9};
  assert.deepEqual([0, 1, 4, 5, 9].map((tick) => relayAt({...state, tick}).relay.at), [2, 3, 6, 7, 7]);
  assert.deepEqual([0, 1, 4, 5, 9].map((tick) => relayAt({...state, tick}).relay.arrived), [false, false, false, true, true]);
  assert.deepEqual([0, 1, 5].map((tick) => relayAt({...state, tick}).table.at), [2, 7, 7]);
  assert.equal(relayAt({...state, tick: lastTick(2, 7)}).relay.arrived, true);
  assert.equal(lastTick(2, 7), 5);
});

test("what survives is multiplied at every hand-over", () => {
  let left = 1;
  for (let handed = 0; handed < 64; handed++) {
    assert.ok(Math.abs(survival(0.9, handed) - left) < 1e-12);
    assert.ok(Math.abs(relayAt({n: 64, from: 1, to: 64, tick: handed, kept: 0.9}).relay.survives - left) < 1e-12);
    left *= 0.9;
  }
  assert.ok(Math.abs(survival(0.9, 63) - 0.0013) < 5e-5);
  assert.equal(survival(1, 63), 1);
});

test("an RNN reads a word a step, attention all in one", () => {
  assert.deepEqual(ticks(64), {relay: 64, table: 1});
});
