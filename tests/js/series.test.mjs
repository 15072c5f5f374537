import assert from "node:assert/strict";
import test from "node:test";
import {page} from "./page.mjs";

const {Series, spelt} = await page("series.js");

const BODY = {model: "m", text: "words"};
const WRITTEN = [{text: "<2zh>", start: null, part: null}, {text: "我", start: 0, part: null}, {text: " &", start: 1, part: null}];

/** A server that notes what it is asked, and answers with it; it fails at the checkpoints it is told to. */
function server(fails = new Set()) {
  const asked = [];
  const ask = async (body, signal) => {
    asked.push(body);
    await null;
    signal?.throwIfAborted();
    if (fails.has(body.checkpoint)) throw new Error("refused");
    return {body, tokens: {target: WRITTEN}};
  };
  return {ask, asked};
}

const series = ({ask}, writes = false) => new Series(ask, BODY, writes);

test("the finished model is asked for as if there were no checkpoints", async () => {
  const at = server();
  assert.deepEqual((await series(at).at(null)).body, BODY);
});

test("a checkpoint is asked for once", async () => {
  const at = server(), all = series(at);
  assert.equal(all.has(490), false);
  const first = await all.at(490);
  assert.equal(all.has(490), true);
  assert.equal(await all.at(490), first);
  assert.deepEqual(at.asked, [{...BODY, checkpoint: 490}]);
});

test("step 0 is a checkpoint, not the finished model", async () => {
  assert.equal((await series(server()).at(0)).body.checkpoint, 0);
});

test("a target that the finished model wrote is read at every checkpoint", async () => {
  const at = server(), all = series(at, true);
  await all.at(490);
  await all.at(630);
  assert.deepEqual(at.asked, [
    BODY, {...BODY, checkpoint: 490, target: "<2zh>我 &"}, {...BODY, checkpoint: 630, target: "<2zh>我 &"},
  ]);
});

test("the rest is fetched in order, what is here already is not, and a second time is no second run", async () => {
  const at = server(), all = series(at);
  await all.at(2);
  await Promise.all([all.fill([1, 2, 3]), all.fill([1, 2, 3])]);
  assert.deepEqual(at.asked.map(({checkpoint}) => checkpoint), [2, 1, 3]);
});

test("a filling that is stopped asks for nothing more, and can begin anew", async () => {
  const at = server(), all = series(at);
  const filled = all.fill([1, 2, 3]);
  all.stop();
  await filled;
  assert.deepEqual(at.asked.map(({checkpoint}) => checkpoint), [1]);
  assert.equal(all.has(1), false);
  await all.fill([1, 2]);
  assert.ok(all.has(1) && all.has(2));
});

test("what fails is asked for again, and told to who asks", async () => {
  const fails = new Set([2]), all = series(server(fails));
  await all.fill([1, 2, 3]);
  assert.deepEqual([1, 2, 3].map((step) => all.has(step)), [true, false, false]);
  await assert.rejects(all.at(2), /refused/);
  fails.clear();
  assert.equal((await all.at(2)).body.checkpoint, 2);
});

test("a target is spelt with its language, each character once, and without other special tokens", () => {
  const byte = (i) => ({text: "🐢", start: 1, part: [i, 4]});
  assert.equal(spelt([{text: "<2en>", start: null}, {text: "a", start: 0, part: null}, ...[0, 1, 2, 3].map(byte)]), "<2en>a🐢");
  assert.equal(spelt([{text: "<2zh>", start: null}]), "<2zh>");
  assert.equal(spelt([{text: "<2zh>", start: null}, {text: "<sep>", start: null}, {text: "猫", start: 0, part: null}]), "<2zh>猫");
});
