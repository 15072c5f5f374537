import assert from "node:assert/strict";
import test from "node:test";
import {file, page} from "./page.mjs";

const {decode} = await page("safetensors.js");

const GOOD = {
  __metadata__: {tokens: '{"source": [{"text": "猫\\u0000"}]}', device: "CPU, 2 threads", scale: "0.5"},
  doubles: {dtype: "F64", shape: [2], data_offsets: [0, 16]},
  floats: {dtype: "F32", shape: [2, 2], data_offsets: [16, 32]},
  bytes: {dtype: "U8", shape: [3], data_offsets: [32, 35]},
};
const NUMBERS = new Uint8Array(35);
new Float64Array(NUMBERS.buffer, 0, 2).set([Math.PI, -0]);
new Float32Array(NUMBERS.buffer, 16, 4).set([1.5, -Infinity, 3e-40, -7]);
NUMBERS.set([0, 128, 255], 32);

test("numbers come out as they were written, with their shapes", () => {
  const {tensors} = decode(file(GOOD, NUMBERS));
  assert.deepEqual(Object.keys(tensors), ["doubles", "floats", "bytes"]);
  assert.deepEqual(Array.from(tensors.doubles.data), [Math.PI, -0]);
  assert.deepEqual(Array.from(tensors.floats.data), [1.5, -Infinity, Math.fround(3e-40), -7]);
  assert.deepEqual(tensors.floats.shape, [2, 2]);
  assert.deepEqual(Array.from(tensors.bytes.data), [0, 128, 255]);
});

test("whole numbers of 32 and 64 bits are read", () => {
  const numbers = new Uint8Array(16);
  new BigInt64Array(numbers.buffer, 0, 1)[0] = -5n;
  new Int32Array(numbers.buffer, 8, 2).set([-1, 2 ** 31 - 1]);
  const {tensors} = decode(file({
    long: {dtype: "I64", shape: [1], data_offsets: [0, 8]}, short: {dtype: "I32", shape: [2], data_offsets: [8, 16]},
  }, numbers));
  assert.deepEqual(Array.from(tensors.long.data), [-5n]);
  assert.deepEqual(Array.from(tensors.short.data), [-1, 2 ** 31 - 1]);
});

test("the numbers lie in the response itself, not in a copy", () => {
  const buffer = file(GOOD, NUMBERS);
  for (const {data} of Object.values(decode(buffer).tensors)) assert.equal(data.buffer, buffer);
});

test("metadata is parsed where it is JSON and kept where it is not", () => {
  const {metadata} = decode(file(GOOD, NUMBERS));
  assert.deepEqual(metadata, {tokens: {source: [{text: "猫\0"}]}, device: "CPU, 2 threads", scale: 0.5});
});

test("numbers of two bytes are left as their bits, wherever they lie", () => {
  const numbers = new Uint8Array(5);
  numbers.set([0x00, 0x3c, 0x80, 0x3f], 1);
  const {tensors} = decode(file({
    odd: {dtype: "F16", shape: [1], data_offsets: [1, 3]}, brain: {dtype: "BF16", shape: [1], data_offsets: [3, 5]},
  }, numbers));
  assert.deepEqual([tensors.odd.data[0], tensors.brain.data[0]], [0x3c00, 0x3f80]);
});

test("a file without metadata or without tensors is read", () => {
  assert.deepEqual(decode(file({})), {metadata: {}, tensors: {}});
});

test("what is no safetensors file throws", () => {
  const long = file(GOOD, NUMBERS);
  new DataView(long).setBigUint64(0, 2n ** 62n, true);
  const bad = {
    empty: new ArrayBuffer(0),
    "half a length": new ArrayBuffer(5),
    "a header longer than the file": long,
    "a header that is no JSON": file("{not json"),
    "a page": new TextEncoder().encode("<!doctype html><title>502</title>").buffer,
    "numbers cut short": file(GOOD, NUMBERS.slice(0, 20)),
    "numbers of an unknown type, cut short": file({x: {dtype: "F8_E4M3", shape: [2], data_offsets: [0, 2]}}, new Uint8Array(1)),
    "numbers before the header": file({x: {dtype: "F32", shape: [1], data_offsets: [-4096, -4092]}}, new Uint8Array(4)),
    "fewer than no numbers": file({x: {dtype: "F32", shape: [-1, -1], data_offsets: [0, 4]}}, new Uint8Array(4)),
    "half a number": file({x: {dtype: "F32", shape: [0.5, 2], data_offsets: [0, 4]}}, new Uint8Array(4)),
    "an entry that says nothing": file({x: {}}),
  };
  for (const [what, buffer] of Object.entries(bad)) {
    assert.throws(() => decode(buffer), undefined, what);
  }
});

test("what is of an unknown type is in the way of nothing but itself", () => {
  const {tensors} = decode(file({
    eight: {dtype: "F8_E4M3", shape: [2], data_offsets: [0, 2]}, byte: {dtype: "U8", shape: [1], data_offsets: [2, 3]},
  }, Uint8Array.of(1, 2, 3)));
  assert.deepEqual([...tensors.byte.data], [3]);
  assert.deepEqual(tensors.eight.shape, [2]);
  assert.throws(() => tensors.eight.data, /F8_E4M3/);
});

test("a shape that its bytes do not fill throws", () => {
  for (const [shape, bytes] of [[[3], 8], [[2, 2], 15], [[1], 8]]) {
    const buffer = file({x: {dtype: "F32", shape, data_offsets: [0, bytes]}}, new Uint8Array(16));
    assert.throws(() => decode(buffer), undefined, `${shape} in ${bytes} bytes`);
  }
});
