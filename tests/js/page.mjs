/** The page's modules in node: `const {number} = await page("format.js")`. Bare names are resolved by the page's own import map. */
import {register} from "node:module";

register("./resolve.mjs", import.meta.url);

export const page = (name) => import(new URL(`../../static/js/${name}`, import.meta.url));

/** The same numbers in every run. -> () => a number in 0..1 */
export function random(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A safetensors file from a header and its numbers' bytes. */
export function file(header, numbers = new Uint8Array()) {
  const text = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const head = new Uint8Array(Math.ceil(text.length / 8) * 8).fill(32);
  head.set(text);
  const bytes = new Uint8Array(8 + head.length + numbers.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(head.length), true);
  bytes.set(head, 8);
  bytes.set(numbers, 8 + head.length);
  return bytes.buffer;
}
