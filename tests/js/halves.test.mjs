import assert from "node:assert/strict";
import test from "node:test";
import {page} from "./page.mjs";

const {widened} = await page("halves.js");
const bits = (...values) => Uint16Array.from(values);

test("float16s are what IEEE 754 says", () => {
  const given = bits(0x0000, 0x8000, 0x3c00, 0xc000, 0x3555, 0x7bff, 0x0001, 0x03ff, 0x0400, 0x7c00, 0xfc00);
  assert.deepEqual(Array.from(widened(given, "F16")), [0, -0, 1, -2, 0.333251953125, 65504, 2 ** -24, 1023 * 2 ** -24, 2 ** -14, Infinity, -Infinity]);
  assert.ok(Number.isNaN(widened(bits(0x7e00), "F16")[0]));
});

test("bfloat16s are the upper halves of float32s", () => {
  const given = bits(0x0000, 0x3f80, 0xc000, 0x3eab, 0x0001, 0x7f80);
  const whole = (high) => new DataView(Uint32Array.of(high * 2 ** 16).buffer).getFloat32(0, true);
  assert.deepEqual(Array.from(widened(given, "BF16")), [0, 1, -2, 0.333984375, whole(1), Infinity]);
});
