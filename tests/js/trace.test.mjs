import assert from "node:assert/strict";
import test from "node:test";
import {file, page} from "./page.mjs";

const {Trace} = await page("trace.js");
const {fitted} = await page("selection.js");

const ATTN = "decoder.blocks.0.attn", CROSS = "decoder.blocks.0.cross_attn", OWN = "encoder.blocks.0.attn";
const N = {source: 4, target: 3};

/** A trace of an encoder-decoder: 2 heads; every query looks at every key alike but for what `scores` says of it. */
function trace({sites = [ATTN, CROSS], heads = 2} = {}) {
  const described = sites.map((name) => ({
    name, layer: 0, n_heads: heads, query: name === OWN ? "source" : "target", key: name === ATTN ? "target" : "source",
    mask: "bidirectional", scale: 1,
  }));
  const header = {}, numbers = [];
  const put = (name, shape, values) => {
    header[name] = {dtype: "F32", shape, data_offsets: [4 * numbers.length, 4 * (numbers.length + values.length)]};
    numbers.push(...values);
  };
  for (const {name, query, key} of described) {
    const nQuery = N[query], nKey = N[key];
    put(`${name}.q`, [heads, nQuery, 1], Array(heads * nQuery).fill(1));
    const scores = Array.from({length: nKey}, (_, i) => [9, 0, 2, 1][i]); // the first position draws most, then the third
    put(`${name}.k`, [heads, nKey, 1], Array(heads).fill(scores).flat());
    for (const [last, n] of [["v", nKey], ["z", nQuery]]) put(`${name}.${last}`, [heads, n, 1], Array(heads * n).fill(0));
    put(`${name}.log_denominator`, [heads, nQuery], Array(heads * nQuery).fill(Math.log(scores.reduce((sum, x) => sum + Math.exp(x), 0))));
  }
  const tokens = Object.fromEntries(Object.entries(N).map(([side, n]) => [side, Array.from({length: n}, (_, i) => ({text: `${side} ${i}`, start: i, part: null}))]));
  header.__metadata__ = {tokens: JSON.stringify(tokens), sites: JSON.stringify(described), predictions: "[]", device: "a computer"};
  return new Trace(file(header, new Uint8Array(Float32Array.from(numbers).buffer)));
}

test("a trace has its tokens, its sites and what else the server says of it", () => {
  const one = trace();
  assert.equal(one.tokens.source[1].text, "source 1");
  assert.equal(one.site(CROSS).key, "source");
  assert.equal(one.site("nowhere"), undefined);
  assert.equal(one.device, "a computer");
});

test("axes are labelled by whose tokens they run over", () => {
  const one = trace();
  assert.equal(one.along(one.site(CROSS), "query"), one.tokens.target);
  assert.equal(one.along(one.site(CROSS), "key"), one.tokens.source);
  assert.equal(one.along(one.site(ATTN), "key"), one.tokens.target);
});

test("predictions stand at the target where there is one", () => {
  const one = trace();
  assert.equal(one.predicted, "target");
  delete one.tokens.target;
  assert.equal(one.predicted, "source");
});

test("a pattern is made once, each head's its own", () => {
  const one = trace(), site = one.site(CROSS);
  assert.equal(one.pattern(site, 0), one.pattern(site, 0));
  assert.notEqual(one.pattern(site, 0), one.pattern(site, 1));
  assert.notEqual(one.pattern(site, 0), one.pattern(one.site(ATTN), 0));
  assert.equal(one.pattern(site, 0).length, N.target * N.source);
});

const NOTHING = {site: "", head: null, query: null, key: null};

test("what is asked for is chosen where the trace has it", () => {
  const {site, head, query, key} = fitted(trace(), {site: ATTN, head: 1, query: 0, key: 2});
  assert.deepEqual([site.name, head, query, key], [ATTN, 1, 0, 2]);
});

test("where nothing is asked for: cross-attention's first head, the last query, and the key it looks at most but for the first", () => {
  const {site, head, query, key} = fitted(trace(), NOTHING);
  assert.deepEqual([site.name, head, query, key], [CROSS, 0, 2, 2]);
});

test("a source has its middle chosen: nothing is predicted at its end", () => {
  const {query, key} = fitted(trace({sites: [OWN]}), NOTHING);
  assert.deepEqual([query, key], [2, 2]);
});

test("without cross-attention the first site is chosen", () => {
  assert.equal(fitted(trace({sites: [ATTN]}), NOTHING).site.name, ATTN);
});

test("what the trace does not have is chosen anew, the rest is kept", () => {
  for (const bad of [-1, 99, 2 ** 60]) {
    const {site, head, query, key} = fitted(trace(), {site: "encoder.blocks.9.attn", head: bad, query: bad, key: 1});
    assert.deepEqual([site.name, head, query, key], [CROSS, 0, 2, 1]);
  }
});
