import assert from "node:assert/strict";
import test from "node:test";
import {page} from "./page.mjs";

const {largePrint} = await page("large_print.js");

const labels = (n) => Array.from({length: n}, (_, i) => `${i}: <&"`);
const printed = (n, m, view, count = 1) => largePrint(Array.from({length: count}, (_, i) => ({name: "qkv"[i], rows: labels(n), columns: labels(m), picture: "data:image/png;base64,AA=="})),
  view, {title: "a < b", rowAxis: "query", columnAxis: "key", font: "system-ui, 'Noto Sans'"});
const positions = (svg, turned) => [...svg.matchAll(turned ? /<text transform="translate\(([\d.]+),-4\)/g : /<text x="-4" y="([\d.]+)"/g)].map(([, at]) => Number(at));

test("up to a thousand tokens have a label each, of more as many as do not touch", () => {
  for (const [n, step] of [[1000, 1], [1024, 1], [4096, 4]]) {
    const {svg} = printed(n, n, "weights"), down = positions(svg, false), across = positions(svg, true);
    assert.deepEqual([down.length, across.length], [Math.ceil(n / step), Math.ceil(n / step)]);
    for (const places of [down, across]) for (let i = 1; i < places.length; i++) assert.ok(places[i] - places[i - 1] >= 10.9);
    assert.ok(svg.includes(`>${step}: &lt;&amp;&quot;</text>`));
  }
});

test("no picture is larger than a browser draws, and each of three matrices has its room", () => {
  for (const [n, m, view, count] of [[4096, 4096, "weights", 1], [4096, 32, "qkv", 3], [300, 3072, "features", 1]]) {
    const {svg, width, height} = printed(n, m, view, count);
    assert.ok(Math.max(width, height) < 16_000, `${width} x ${height}`);
    const drawn = [...svg.matchAll(/<g transform="translate\(([\d.]+),([\d.]+)\)"><rect width="([\d.]+)" height="([\d.]+)"/g)].map(([, ...numbers]) => numbers.map(Number));
    assert.equal(drawn.length, count);
    drawn.forEach(([left, top, wide, high], i) => {
      assert.ok(left + wide <= width && top + high <= height);
      if (i) assert.ok(top > drawn[i - 1][1] + drawn[i - 1][3]);
    });
  }
});
