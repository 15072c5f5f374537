import assert from "node:assert/strict";
import test from "node:test";
import {page, random} from "./page.mjs";

const {dot, headOf, maskedAfter, pattern, patternRow, scoreRow, workedCell} = await page("attention.js");
const {matrixOf} = await page("matrices.js");

/** A trace of one site with random numbers in it, its log_denominator made by the definition. */
function traceOf({heads = 2, kvHeads = heads, nQuery = 5, nKey = 5, d = 4, mask = "causal", sees = (query, key) => key <= query, seed = 5}) {
  const next = random(seed), floats = (count) => Float32Array.from({length: count}, () => 4 * next() - 2);
  const scale = d ** -0.5;
  const tensors = {
    "x.attn.q": {shape: [heads, nQuery, d], data: floats(heads * nQuery * d)},
    "x.attn.k": {shape: [kvHeads, nKey, d], data: floats(kvHeads * nKey * d)},
    "x.attn.v": {shape: [kvHeads, nKey, d], data: floats(kvHeads * nKey * d)},
    "x.attn.z": {shape: [heads, nQuery, d], data: new Float32Array(heads * nQuery * d)},
    "x.attn.log_denominator": {shape: [heads, nQuery], data: new Float32Array(heads * nQuery)},
  };
  const at = (name, head, position) => Array.from({length: d}, (_, i) => tensors[`x.attn.${name}`].data[(head * (name === "q" ? nQuery : nKey) + position) * d + i]);
  const expected = []; // [head][query][key], by a softmax over the visible scores
  for (let head = 0; head < heads; head++) {
    const own = Math.floor(head * kvHeads / heads);
    expected.push(Array.from({length: nQuery}, (_, query) => {
      const powers = Array.from({length: nKey}, (_, key) => (sees(query, key)
        ? Math.exp(at("q", head, query).reduce((sum, x, i) => sum + x * at("k", own, key)[i], 0) * scale) : 0));
      const sum = powers.reduce((a, b) => a + b, 0);
      tensors["x.attn.log_denominator"].data[head * nQuery + query] = Math.log(sum);
      const weights = powers.map((x) => (sum ? x / sum : 0));
      for (let i = 0; i < d; i++) {
        tensors["x.attn.z"].data[(head * nQuery + query) * d + i] = weights.reduce((z, w, key) => z + w * at("v", own, key)[i], 0);
      }
      return weights;
    }));
  }
  return {tensors, expected, at, site: {name: "x.attn", n_heads: heads, scale, mask}};
}

const near = (a, b, tolerance = 1e-6) => assert.ok(Math.abs(a - b) <= tolerance, `${a} is not ${b}`);

const CASES = {
  causal: {},
  bidirectional: {mask: "bidirectional", sees: () => true},
  "more keys than queries": {nQuery: 3, nKey: 7, mask: "bidirectional", sees: () => true},
  "grouped queries": {heads: 4, kvHeads: 2},
  "one key and value for all": {heads: 3, kvHeads: 1},
  "a row that sees nothing": {mask: {painted: [[0, 0, false]], of: "causal"}, sees: (query, key) => key <= query && query > 0},
  "one token": {nQuery: 1, nKey: 1},
};

for (const [what, options] of Object.entries(CASES)) {
  test(`weights are the softmax of what is visible: ${what}`, () => {
    const trace = traceOf(options);
    for (let index = 0; index < trace.site.n_heads; index++) {
      const head = headOf(trace, trace.site, index), whole = pattern(head);
      assert.deepEqual([head.nQuery, head.nKey], [trace.expected[index].length, trace.expected[index][0].length]);
      trace.expected[index].forEach((row, query) => {
        const weights = patternRow(head, query);
        row.forEach((weight, key) => {
          near(weights[key], weight);
          assert.equal(whole[query * head.nKey + key], Math.fround(weights[key]));
          if (weight === 0) assert.equal(weights[key], 0);
        });
        const seen = row.some((weight) => weight > 0);
        near(weights.reduce((a, b) => a + b, 0), seen ? 1 : 0);
      });
    }
  });

  test(`the worked cell adds up to the model's own z: ${what}`, () => {
    const trace = traceOf(options);
    for (let index = 0; index < trace.site.n_heads; index++) {
      const head = headOf(trace, trace.site, index);
      for (let query = 0; query < head.nQuery; query++) {
        for (let key = 0; key < head.nKey; key++) {
          const work = workedCell(head, query, key), row = trace.expected[index][query];
          near(work.products.reduce((a, b) => a + b, 0), work.dot);
          near(work.dot * work.scale, work.score);
          near(work.weight, row[key]);
          near(work.weight, work.visible ? Math.exp(work.score - work.logDenominator) : 0);
          assert.equal(work.seen, row.filter((weight) => weight > 0).length);
          assert.equal(work.rank, 1 + row.filter((weight) => weight > row[key]).length);
          near(work.rowSum, work.seen ? 1 : 0);
          work.moved.forEach((x, i) => near(x, work.weight * work.v[i]));
          work.sum.forEach((x, i) => near(x, work.z[i]));
          near(work.difference, 0);
        }
      }
    }
  });
}

test("zeros after the softmax leave the right weights, times what is left: z shrinks by that, and divided by it is right again", () => {
  for (const options of Object.values(CASES)) {
    const trace = traceOf(options), head = headOf(trace, trace.site, 0);
    trace.expected[0].forEach((row, query) => {
      const {before, left, sum, apart, norm} = maskedAfter(head, query);
      near(before.reduce((a, b) => a + b, 0), 1);
      left.forEach((weight, key) => near(weight, row[key] * sum));
      near(norm, Math.hypot(...head.z(query)));
      near(apart, (1 - sum) * norm);
      if (row.every((weight) => weight > 0)) near(sum, 1);
    });
  }
  const one = traceOf({}), sums = one.expected[0].map((_, query) => maskedAfter(headOf(one, one.site, 0), query).sum);
  assert.ok(sums.slice(0, -1).every((sum) => sum < 0.999) && sums.at(-1) > 1 - 1e-9);
});

test("a z that the weights do not make shows as a difference", () => {
  const trace = traceOf({});
  trace.tensors["x.attn.z"].data[0] += 0.25;
  near(workedCell(headOf(trace, trace.site, 0), 0, 0).difference, 0.25);
});

test("scores are dot products times the scale, masked or not", () => {
  const trace = traceOf({}), head = headOf(trace, trace.site, 1);
  for (let query = 0; query < head.nQuery; query++) {
    scoreRow(head, query).forEach((score, key) => near(score, dot(trace.at("q", 1, query), trace.at("k", 1, key)) / 2));
  }
});

test("heads read their own rows, and copy none of them", () => {
  const trace = traceOf({heads: 4, kvHeads: 2});
  for (let index = 0; index < 4; index++) {
    const head = headOf(trace, trace.site, index);
    assert.deepEqual(Array.from(head.q(2)), trace.at("q", index, 2));
    assert.deepEqual(Array.from(head.k(3)), trace.at("k", index >> 1, 3));
    assert.deepEqual(Array.from(head.v(4)), trace.at("v", index >> 1, 4));
    assert.equal(head.q(0).buffer, trace.tensors["x.attn.q"].data.buffer);
  }
});

test("a head with a mask of its own goes by it, the others by the site's", () => {
  const diagonal = {window: 1, of: "causal"}, own = traceOf({heads: 3, mask: diagonal, sees: (query, key) => key === query});
  const trace = traceOf({heads: 3});
  const log = (of) => of.tensors["x.attn.log_denominator"].data;
  log(trace).set(log(own).subarray(5, 10), 5); // of head 1, of 5 queries
  const site = {...trace.site, head_masks: {1: diagonal}};
  for (const [index, {expected}] of [trace, own, trace].entries()) {
    const head = headOf(trace, site, index);
    expected[index].forEach((row, query) => {
      patternRow(head, query).forEach((weight, key) => near(weight, row[key]));
      assert.deepEqual(row.map((_, key) => head.visible(query, key)), row.map((_, key) => (index === 1 ? key === query : key <= query)));
    });
  }
});

test("a soft cap, a bias by distance and a sink are in the weights, and in the worked cell", () => {
  const trace = traceOf({nQuery: 3, nKey: 3}), c = 1.5, sink = 0.25, rows = trace.tensors["x.attn.log_denominator"].data;
  const table = [[0.5, -1, 2, 0.25, 1], [-0.5, 1, 0, 3, -2]]; // [head][j - i + 2]
  trace.tensors["x.attn.relative_bias"] = {shape: [2, 5], data: Float32Array.from(table.flat())};
  Object.assign(trace.site, {softcap: c, sinks: true});
  for (let h = 0; h < 2; h++) {
    for (let i = 0; i < 3; i++) {
      const scores = [0, 1, 2].map((j) => c * Math.tanh(trace.at("q", h, i).reduce((sum, x, d) => sum + x * trace.at("k", h, j)[d], 0) * 0.5 / c) + table[h][j - i + 2]);
      const sum = scores.slice(0, i + 1).reduce((all, s) => all + Math.exp(s), Math.exp(sink));
      rows[h * 3 + i] = Math.log(sum);
      const head = headOf(trace, trace.site, h), weights = patternRow(head, i);
      scores.forEach((s, j) => {
        near(scoreRow(head, i)[j], s);
        near(weights[j], j <= i ? Math.exp(s) / sum : 0);
        const work = workedCell(head, i, j);
        near(work.bias, table[h][j - i + 2]);
        near(work.capped + work.bias, work.score);
      });
      near(1 - workedCell(head, i, 0).rowSum, Math.exp(sink) / sum);
    }
  }
});

test("without a cap and a bias the worked cell has neither", () => {
  const trace = traceOf({}), {bias, capped} = workedCell(headOf(trace, trace.site, 0), 1, 0);
  assert.deepEqual([bias, capped], [null, null]);
});

test("a head that came by itself is the same head, where heads share keys too", () => {
  for (const kvHeads of [4, 2, 1]) {
    const trace = traceOf({heads: 4, kvHeads}), {site} = trace, alone = {tensors: {}, model: {config: {n_kv_heads: kvHeads}}};
    for (let index = 0; index < 4; index++) {
      const rows = Object.fromEntries(Object.entries(trace.tensors).map(([name, {shape: [heads, ...rest], data}]) => {
        const size = rest.reduce((a, b) => a * b, 1), own = Math.floor(index * heads / 4);
        return [name, {shape: [1, ...rest], data: data.slice(own * size, (own + 1) * size)}];
      }));
      const found = headOf({...alone, part: (_, head) => (head === index ? rows : undefined)}, site, index), whole = headOf(trace, site, index);
      assert.equal(found.nKeyHeads, kvHeads);
      for (const last of ["q", "k", "v", "z"]) {
        const of = (one) => matrixOf(one, `${site.name}.${last}`, {head: index, nHeads: 4}).data;
        assert.deepEqual(of({tensors: {}, part: () => rows}), of(trace));
      }
      for (let query = 0; query < 5; query++) {
        assert.deepEqual(patternRow(found, query), patternRow(whole, query));
        assert.deepEqual(workedCell(found, query, 0), workedCell(whole, query, 0));
      }
    }
  }
});

test("where z is left out it is what the weights make of the values", () => {
  for (const options of Object.values(CASES)) {
    const trace = traceOf(options), {"x.attn.z": z, ...tensors} = trace.tensors, [heads, nQuery, d] = z.shape;
    for (let index = 0; index < heads; index++) {
      const head = headOf({tensors}, trace.site, index);
      for (let query = 0; query < nQuery; query++) Array.from(head.z(query)).forEach((x, i) => near(x, z.data[(index * nQuery + query) * d + i]));
    }
  }
});
