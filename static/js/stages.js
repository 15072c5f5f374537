/**
 * One forward pass as a row of stages, in the order of computation, made from a trace's sites and its model's config.
 * A stage is {step, id, kind, part, sublayer, site, side, tensors, real, facts}: `tensors` are the trace's names by the role that they
 * have in it, `site` the attention whose tokens and head are marked, `side` whose tokens its rows are, `facts` what its norms and its MLP do.
 */

/** Before which sublayers a norm stands; in a trace that says nothing of it, before all and at the end. */
const NORMS = {pre: ["attn", "cross_attn", "mlp", "end"], "pre-mlp": ["mlp"], none: []};
const normsOf = ({norm = "pre"}) => NORMS[norm] ?? NORMS.pre;

/** What is around an attention of a block, by the last part of its address. */
const AROUND = {
  attn: {norm: "norm_attn", out: "attn_out", sum: "resid_mid"},
  cross_attn: {norm: "norm_cross", out: "cross_out", sum: "resid_cross"},
};

/** What every attention and block of a real model's trace has, its other names only where they could be found. */
const CERTAIN = /\.blocks\.\d+\.(resid_pre|attn_out|cross_out|resid_post|(attn|cross_attn)\.(q|k|v|z|log_denominator|relative_bias))$/;

/** Of a real model (one of a family) only the stages whose tensors exist; names: of all that its trace has, where it tells. */
export function stages(trace) {
  const {sites, model: {config}, names = [], tensors = {}} = trace;
  if (sites.some(({captures}) => captures === "pattern")) return [];
  const has = (name) => CERTAIN.test(name) || names.includes(name) || name in tensors;
  const kept = (stage) => !config.family || (needs(stage).every(has) && (stage.kind !== "logits" || trace.predictions?.length > 0));
  const all = stacks(sites).flatMap((stack, i, {length}) => [
    ...beginning(stack, config, has), ...stack.blocks.flatMap((block) => (config.family ? ofRealBlock : ofBlock)(stack, block, config, kept, has)), ...ending(stack, config, i < length - 1)]).filter(kept);
  return all.map((stage, step) => ({...stage, step, real: Boolean(config.family), facts: factsOf(config, stage.part.split(".")[0]), id: [stage.part, stage.sublayer, stage.kind].filter(Boolean).join("/")}));
}

/** What a stack's norms do, what is between the matrices of its MLP and how wide that is; of a real model as far as it is known. */
const factsOf = ({family, stacks: told = {}, activation = "gelu", d_mlp}, stack) => (family ? told[stack] ?? {} : {normalizes: "layer", activation, d_mlp});

/** The tensors that a stage cannot be drawn without. */
export const needs = (stage) => Object.values(stage.tensors);

/** Those that are not here yet, each once. */
export const missing = (trace, row) => [...new Set(row.flatMap(needs))].filter((name) => !(name in trace.tensors));

/** Stages that stand together: the input of a stack, each block, its output. -> [{id, stack, place, block, stages}] */
export function parts(all) {
  const found = new Map();
  for (const stage of all) {
    const [stack, place, block] = stage.part.split(".");
    if (!found.has(stage.part)) found.set(stage.part, {id: stage.part, stack, place, block: block === undefined ? null : Number(block), stages: []});
    found.get(stage.part).stages.push(stage);
  }
  return [...found.values()];
}

/** The stage that a step of the address stands for, the last one for a step beyond it. */
export const stageAt = (all, step) => (step === null ? null : all[Math.min(step, all.length - 1)] ?? null);

/** Where the block of an attention begins. */
export const beginningOf = (all, site) => all.find((stage) => stage.site === site && stage.sublayer !== null);

/** The stage of another attention that does the same. */
export const sameAt = (all, {kind, sublayer}, site) => all.find((one) => one.site === site && one.kind === kind
  && (one.sublayer === sublayer || !["mlp", null].includes(sublayer)));

/** Encoder, decoder, or both, each with its blocks and their attentions, as the sites' addresses tell. */
export function stacks(sites) {
  const found = new Map();
  for (const site of sites) {
    const [, name, block] = site.name.match(/^(.*)\.blocks\.(\d+)\./);
    if (!found.has(name)) found.set(name, new Map());
    const blocks = found.get(name);
    blocks.set(Number(block), [...(blocks.get(Number(block)) ?? []), site]);
  }
  return [...found].map(([name, blocks]) => ({
    name, side: [...blocks.values()][0][0].query, blocks: [...blocks].map(([index, sites]) => ({index, sites})),
  }));
}

function beginning({name, side, blocks}, {positions, family, stacks: told = {}}, has) {
  const [{sites: [first]}] = blocks, at = {part: `${name}.input`, sublayer: null, site: first.name, side};
  const embed = `${name}.embed`, turned = {q_unrotated: `${first.name}.q_unrotated`, q: `${first.name}.q`};
  const added = {x: embed, adds: `${name}.pos_embed`, sum: `${name}.blocks.0.resid_pre`};
  const enters = {...at, kind: "enter", tensors: {x: `${name}.blocks.0.resid_pre`}}; // what a family makes of tokens and places is its own
  if (family) {
    const then = !told[name]?.enters, narrow = `${name}.narrow_embed`; // then: whether something else is made of the embedding
    return [{...at, kind: "tokens", tensors: {}}, {...at, kind: "embed", then, tensors: {embed: has(narrow) ? narrow : embed}},
      ...(has(added.adds) ? [{...at, kind: "position", tensors: added}] : then || !has(embed) ? [enters] : [])];
  }
  return [
    {...at, kind: "tokens", tensors: {}},
    {...at, kind: "embed", tensors: {embed}},
    {...at, kind: "position", tensors: positions === "rotary" ? turned : added},
  ];
}

function ofBlock({name, side}, {index, sites}, config) {
  const block = `${name}.blocks.${index}`, found = [], {positions} = config, norms = normsOf(config);
  let x = `${block}.resid_pre`;
  const put = (sublayer, site, kind, tensors) =>
    found.push({part: block, sublayer, site: site.name, side, kind, tensors});
  for (const site of sites) {
    const sublayer = site.name.split(".").at(-1), around = AROUND[sublayer];
    const read = norms.includes(sublayer) ? {normalized: `${block}.${around.norm}.normalized`} : {x}, adds = `${block}.${around.out}`, sum = `${block}.${around.sum}`;
    if (read.normalized) put(sublayer, site, "norm", {x, ...read});
    attends(put, sublayer, site, {read, turns: positions === "rotary" && site.query === site.key, adds});
    put(sublayer, site, "add", {x, adds, sum});
    x = sum;
  }
  const read = norms.includes("mlp") ? {normalized: `${block}.norm_mlp.normalized`} : {x}, adds = `${block}.mlp_out`, last = sites.at(-1);
  if (read.normalized) put("mlp", last, "norm", {x, ...read});
  put("mlp", last, "mlp", {...read, pre: `${block}.mlp.pre`, post: `${block}.mlp.post`, out: adds});
  put("mlp", last, "add", {x, adds, sum: `${block}.resid_post`});
  return found;
}

/** From the queries, keys and values to what attention adds; turns: whether they are turned by their position. */
function attends(put, sublayer, site, {read, turns, adds}) {
  const own = (last) => ({[last]: `${site.name}.${last}`}), bias = site.relative_bias ? own("relative_bias") : {};
  const before = turns ? {q: `${site.name}.q_unrotated`, k: `${site.name}.k_unrotated`} : {...own("q"), ...own("k")};
  put(sublayer, site, "qkv", {...read, ...(site.query !== site.key && {memory: "memory"}), ...before, ...own("v")});
  if (turns) put(sublayer, site, "rotate", {...own("q_unrotated"), ...own("q"), ...own("k_unrotated"), ...own("k")});
  put(sublayer, site, "scores", {...own("q"), ...own("k")});
  put(sublayer, site, "scale", {...own("q"), ...own("k")});
  if (site.softcap) put(sublayer, site, "cap", {...own("q"), ...own("k")});
  if (site.relative_bias) put(sublayer, site, "bias", {...own("q"), ...own("k"), ...bias});
  put(sublayer, site, "mask", {...own("q"), ...own("k"), ...bias});
  put(sublayer, site, "softmax", {...own("q"), ...own("k"), ...bias, ...own("log_denominator")});
  put(sublayer, site, "sum", {...own("q"), ...own("k"), ...bias, ...own("log_denominator"), ...own("v"), ...own("z")});
  put(sublayer, site, "out", {...own("z"), out: adds});
}

/** Of a real model: its norms stand where the dry run found them, and what has no name is said to be missing. */
function ofRealBlock({name, side}, {index, sites}, {stacks: told = {}}, kept, has) {
  const block = `${name}.blocks.${index}`, found = [], {norm: order} = told[name] ?? {}, last = sites.at(-1), sum = `${block}.resid_post`;
  let x = `${block}.resid_pre`;
  const put = (sublayer, site, kind, tensors) => found.push({part: block, sublayer, site: site.name, side, kind, tensors, after: kind === "add" && order === "post"});
  const read = (sublayer, site, which, x) => {
    const normalized = `${block}.${which}.normalized`;
    if (order === "post" || !has(normalized)) return {x};
    put(sublayer, site, "norm", {x, normalized});
    return {normalized};
  };
  const through = (sublayer, site, made) => { // a norm may stand between what a sublayer made and the sum
    const normalized = made.replace(/\w+$/, "norm_$&.normalized");
    if (!has(normalized)) return made;
    found.at(-1).between = true;
    put(sublayer, site, "between", {x: made, normalized});
    return normalized;
  };
  for (const site of sites) {
    const sublayer = site.name.split(".").at(-1), around = AROUND[sublayer], adds = `${block}.${around.out}`, next = `${block}.${around.sum}`;
    read(sublayer, site, around.norm, x);
    attends(put, sublayer, site, {read: {}, turns: ["q", "k"].every((one) => has(`${site.name}.${one}_unrotated`)), adds});
    if (!["pre", "post"].includes(order)) continue;
    put(sublayer, site, "add", {x, adds: through(sublayer, site, adds), sum: next});
    x = next;
  }
  const out = `${block}.mlp_out`, hidden = {pre: `${block}.mlp.pre`, post: `${block}.mlp.post`};
  if (order) {
    const reads = read("mlp", last, "norm_mlp", x);
    put("mlp", last, "mlp", {...reads, ...(Object.values(hidden).every(has) && hidden), out});
    put("mlp", last, "add", order === "parallel" ? {x, adds: `${block}.attn_out`, also: out, sum} : {x, adds: through("mlp", last, out), sum});
  }
  const end = found.at(-1);
  if (end.kind !== "add" || end.tensors.sum !== sum || !kept(end)) put("mlp", last, "leave", {x: `${block}.resid_pre`, sum});
  return found;
}

/** read: whether another stack reads what this one ends with */
function ending({name, side, blocks}, config, read) {
  const {index, sites} = blocks.at(-1), at = {part: `${name}.output`, sublayer: null, site: sites.at(-1).name, side};
  const normalized = `${name}.norm.normalized`, x = `${name}.blocks.${index}.resid_post`;
  if (read) return [{...at, kind: "memory", tensors: {x, normalized: "memory"}}];
  if (!config.family && !normsOf(config).includes("end")) return [{...at, kind: "logits", tensors: {x}}];
  return [{...at, kind: "final", tensors: {x, normalized}}, {...at, kind: "logits", tensors: config.family ? {x} : {normalized}}];
}
