import assert from "node:assert/strict";
import test from "node:test";
import {page} from "./page.mjs";

const {WHOLE, bytesOf, comparedNames, drawnNames, firstNames, lateAt, missingAt, missingOf, oneHead, paneNames, reopened} = await page("portions.js");

const SMALL = {kind: "decoder", n_layers: 4, n_ctx: 256, d_model: 128}, WIDE = {kind: "decoder", n_layers: 12, n_ctx: 1024, d_model: 768};

test("all that the page works with is asked for at once where it is little", () => {
  for (const text of ["a", "猫".repeat(4000)]) {
    const names = firstNames(SMALL, text);
    assert.ok(["*.q", "*.k", "*.v", "*.z", "*.log_denominator"].every((name) => names.includes(name)));
    assert.ok(!names.includes("*.thumbnails"));
  }
});

test("of a wide model's long text the pictures are asked for, and no vectors; of its short text everything", () => {
  const names = firstNames(WIDE, "a".repeat(500));
  assert.ok(names.includes("*.thumbnails") && names.includes("*.head_scores"));
  assert.ok(!names.some((name) => ["*.q", "*.k", "*.v", "*.z"].includes(name)));
  assert.ok(firstNames(WIDE, "a".repeat(50)).includes("*.q"));
});

test("a bias by distance is asked for where a model has one, and is no name of another model", () => {
  assert.ok(firstNames({...SMALL, relative_bias: true}, "a").includes("*.relative_bias"));
  assert.ok(!firstNames(SMALL, "a").includes("*.relative_bias"));
});

test("a text is as long as its bytes: characters of other scripts take several tokens", () => {
  assert.ok(firstNames(WIDE, "a".repeat(90)).includes("*.q"));
  assert.ok(!firstNames(WIDE, "猫".repeat(90)).includes("*.q"));
});

test("an attention lacks what is not here yet; a file's weights lack nothing", () => {
  const site = {name: "x.attn"}, tensors = {"x.attn.q": {}, "x.attn.k": {}, "x.attn.z": {}};
  assert.deepEqual(missingAt({tensors}, site), ["x.attn.v", "x.attn.log_denominator"]);
  assert.deepEqual(missingAt({tensors: {}, file: {}}, site), []);
});

test("one head is enough for what draws one head, and for nothing else", () => {
  const plain = {act: "look", step: null, view: "weights", heads: "block", edits: ""};
  const of = (changes) => oneHead(Object.fromEntries(Object.entries({...plain, ...changes}).map(([name, value]) => [name, {value}])));
  assert.ok(of({}) && of({view: "qkv"}) && of({view: "lines", heads: "chosen"}));
  for (const changes of [{view: "lines"}, {act: "compare"}, {act: "write"}, {act: "edit"}, {step: 0}, {edits: "zero"}]) assert.ok(!of(changes), JSON.stringify(changes));
});

test("a head that came by itself lacks nothing; its attention and the other heads do", () => {
  const trace = {tensors: {}, part: (_, head) => (head === 2 ? {} : undefined)}, site = {name: "x.attn"};
  assert.deepEqual(missingAt(trace, site, 2), []);
  assert.equal(missingAt(trace, site, 1).length, 5);
  assert.equal(missingAt(trace, site).length, 5);
});

test("kinds and lengths of a long run come after the grid is drawn; of a short one they are there at once", () => {
  const late = ["head_scores", "head_chance", "head_out_norm", "head_out_share"], long = "a".repeat(500);
  assert.ok(!drawnNames(WIDE, long).some((name) => late.includes(name.slice(2))));
  assert.ok(drawnNames(WIDE, long).includes("*.thumbnails"));
  assert.deepEqual(drawnNames(WIDE, "a"), firstNames(WIDE, "a"));
  const site = {name: "x.attn"}, tensors = {"x.attn.head_scores": {}, "x.attn.head_chance": {}};
  assert.deepEqual(lateAt({tensors}, site), ["x.attn.head_out_norm", "x.attn.head_out_share"]);
  assert.deepEqual(lateAt({tensors}, {...site, captures: "pattern"}), []);
  assert.deepEqual(lateAt({tensors: {}, file: {}}, site), []);
});

/** A run of 1,024 tokens on a model as large as GPT-2, of which nothing but pictures is here. */
function longRun() {
  const sites = Array.from({length: 12}, (_, layer) => ({name: `b.${layer}.attn`, n_heads: 12, query: "target", key: "target"}));
  return {sites, tensors: {"b.0.attn.thumbnails": {}}, alone: false, request: {edits: []}, tokens: {target: Array(1024).fill({})}, model: {config: {n_heads: 12, d_model: 768}}};
}

test("of a run that came without its vectors a file has what it is opened with", () => {
  const run = longRun(), [site] = run.sites, held = (names) => Object.fromEntries(names.map((glob) => [glob.replace("*", site.name), {}]));
  assert.deepEqual(missingOf({tensors: held(reopened(run, Infinity))}, site), []);
  const without = held(reopened(run, 0));
  assert.deepEqual(missingOf({tensors: without}, site), [`${site.name}.z`]);
  assert.ok(`${site.name}.thumbnails` in without && lateAt({tensors: without}, site).length === 0);
  const edited = {...run, request: {edits: [{zero: site.name, head: 1}]}};
  assert.deepEqual(reopened(edited, 0).filter((name) => name.endsWith(".z")), [`${site.name}.z`]);
  assert.ok(reopened({...run, sites: [{...site, relative_bias: true}]}, 0).includes("*.relative_bias"));
  assert.deepEqual([reopened({...run, tensors: {"x.attn.q": {}}}, 0), reopened({...run, alone: true}, 0)], [null, null]);
});

test("a file is asked for with z as far as the server sends that much at once, to the byte", () => {
  const run = longRun(), bytes = 12 * (4 * (4 * 1024 * 768 + 3 * 12 * 1024 + 2 * 12 * 9) + 12 * 64 * 64), has = (most) => reopened(run, most).includes("*.z");
  assert.deepEqual([has(bytes), has(bytes - 1), has(128 * 2 ** 20)], [true, false, false]);
  const shared = {...run, model: {config: {n_heads: 12, n_kv_heads: 2, d_model: 768}}};
  assert.equal(bytesOf(run, run.sites[0]) - bytesOf(shared, run.sites[0]), 4 * 2 * 10 * 1024 * 64, "ten keys and values fewer");
  assert.equal(bytesOf(run, {...run.sites[0], relative_bias: true}) - bytesOf(run, run.sites[0]), 4 * 12 * 2047);
});

test("a pane beside the page's run is asked for what it draws: no kinds, lengths or pictures of heads, however long its text is", () => {
  const model = {...WIDE, n_heads: 12, n_vocab: 50257}, vectors = ["*.q", "*.k", "*.v", "*.z", "*.log_denominator"];
  assert.deepEqual(paneNames(model, "a".repeat(1024)), [], "the tokens and the chosen attention are enough");
  assert.deepEqual(paneNames(model, "a"), [...vectors, ...comparedNames(model, "a")]);
  assert.ok(vectors.every((name) => WHOLE.includes(name)) && paneNames({...model, relative_bias: true}, "a").includes("*.relative_bias"));
  assert.deepEqual(paneNames({...model, captures: "pattern"}, "a"), ["*.pattern"]);
});
