import assert from "node:assert/strict";
import test from "node:test";
import {page} from "./page.mjs";

const {shareOf} = await page("frames.js");

test("who asks in one frame shares what the first one had, and the next frame begins anew", () => {
  let now = 100;
  const clock = () => now, first = shareOf(16, clock);
  assert.ok(first > 100 && first < 116, "less than a frame");
  now = first - 1;
  assert.equal(shareOf(16, clock), first);
  now = 200;
  assert.equal(shareOf(16, clock), first, "the frame's share is spent");
  assert.equal(shareOf(33, clock), 200 + first - 100);
});
