/**
 * A model's parts, as the server tells them: stacks and blocks, the shape of every tensor on the sentence at hand, and whose
 * the parameters are. A part that is not listed is not there.
 */

const SUBLAYERS = {norm_attn: "attn", attn: "attn", norm_attn_out: "attn", resid_mid: "attn", norm_cross: "cross_attn", cross_attn: "cross_attn", norm_cross_out: "cross_attn",
  resid_cross: "cross_attn", norm_mlp: "mlp", mlp: "mlp", norm_mlp_out: "mlp", resid_post: "mlp"};

/** Whether a norm stands between what a sublayer makes and the sum. */
export const isBetween = ({kind, id}) => kind === "norm" && id.endsWith("_out");

/** Whether a norm stands behind the sum, on the stream. */
export const isBehind = ({kind, reads}) => kind === "norm" && reads.length > 1;

/** Where a part stands: {stack, block, sublayer}, block null before the first and after the last. */
export function placeOf({stacks}, {id, kind}) {
  const [, stack, block, last] = id.match(/^(\w+)\.blocks\.(\d+)(?:\.(\w+))?/) ?? [];
  if (block !== undefined && last !== "resid_pre") return {stack, block: Number(block), sublayer: SUBLAYERS[last] ?? null};
  return {stack: kind === "unembed" ? stacks.at(-1) : stack ?? id.split(".")[0], block: null, sublayer: null};
}

/** What the server tells, with the names of the stacks. */
export const planned = (told) => ({...told, stacks: [...new Set(told.parts.filter(({kind}) => kind === "tokens").map(({id}) => id.split(".")[0]))]});

/** A stack: what comes before its blocks, each block's sublayers, and what comes after. */
export function stackOf(plan, name) {
  const input = [], output = [], blocks = [];
  for (const part of plan.parts) {
    const {stack, block, sublayer} = placeOf(plan, part);
    if (stack !== name) continue;
    if (block === null) { (blocks.length ? output : input).push(part); continue; }
    blocks[block] ??= {id: `${name}.blocks.${block}`, index: block, sublayers: []};
    const own = blocks[block].sublayers.find((one) => one.name === sublayer);
    if (own) own.parts.push(part);
    else blocks[block].sublayers.push({name: sublayer, id: `${name}.blocks.${block}.${sublayer}`, parts: [part]});
  }
  return {name, input, blocks, output};
}

/** A part by its address, or several as one: a whole block, the heads of an attention, an MLP. -> null where there is none */
export function partOf(plan, id) {
  const one = plan.parts.find((part) => part.id === id);
  if (one) return one;
  const own = plan.parts.filter((part) => part.id.startsWith(`${id}.`)), last = id.split(".").at(-1);
  if (!own.length || !/\.blocks\.\d+(\.\w+)?$/.test(id)) return null;
  const parameters = own.flatMap((part) => part.parameters);
  if (/^\d+$/.test(last)) return {id, kind: "block", reads: [`${id}.resid_pre`], makes: [`${id}.resid_post`], parameters};
  if (last === "mlp") return {id, kind: "mlp", reads: own[0].reads, makes: own.at(-1).makes, parameters};
  return {id, kind: "heads", reads: own.filter(({kind}) => /^W_[qkv]$/.test(kind)).flatMap(({makes}) => makes), makes: [`${id}.z`], parameters: []};
}

/** How many tokens each sequence has, for shapeOf. */
export const lengthsOf = (trace) => (trace ? Object.fromEntries(Object.entries(trace.tokens).map(([side, {length}]) => [side, length])) : {});

const SIZES = {head: "n_heads", kv_head: "n_kv_heads"};

/** A size of the stack that a tensor is of: those of two models that were put together may differ. */
const ownSize = ({config}, name, axis) => config?.stacks?.[name === "memory" ? "encoder" : name.split(".")[0]]?.[SIZES[axis] ?? axis];

/** The shape of a tensor: [4, 7, 32]; a letter stands for a length that is not known yet. */
export const shapeOf = (plan, name, lengths) => (plan.tensors[name] ?? []).map((axis) => lengths[axis] ?? ownSize(plan, name, axis) ?? plan.sizes[axis] ?? {target: "m"}[axis] ?? "n");

/** -> "4 × 7 × 32" */
export const shapeText = (shape) => shape.join(" × ");

/** How many parameters a part has of its own: those of a table that another part has are counted there. */
export function ownCount(plan, part) {
  return plan.parameters.reduce((sum, one) => sum + (part.parameters.includes(one.name) && within(part, one.part) ? one.count : 0), 0);
}

/** The parameters that a part computes with, its own first. -> [{name, shape, count, own}] */
export const parametersOf = (plan, part) => plan.parameters.filter(({name}) => part.parameters.includes(name))
  .map((one) => ({...one, own: within(part, one.part)}));

const within = ({id}, part) => part === id || part.startsWith(`${id}.`);

const ORDER = ["embed", "enter", "pos_embed", "attn", "cross_attn", "mlp", "norms", "unembed", "other"];

/** What a parameter is counted under, all blocks of a stack together. */
function groupOf(plan, {part: id}) {
  const part = plan.parts.find((one) => one.id === id), {stack, sublayer} = placeOf(plan, part);
  if (part.kind === "norm") return {id: `${stack}.norms`, what: "norms", stack};
  if (sublayer) return {id: `${stack}.${sublayer}`, what: sublayer, stack};
  return {id: part.kind === "unembed" ? id : `${stack}.${part.kind}`, what: part.kind, stack};
}

/** All parameters by what they are for: they add up to the total. -> {rows: [{id, what, stack, count, share, blocks, items: [{kind, also, count, part}]}], total, shared} */
export function ledger(plan) {
  const rows = new Map();
  for (const one of plan.parameters) {
    const group = groupOf(plan, one), part = plan.parts.find(({id}) => id === one.part);
    if (!rows.has(group.id)) rows.set(group.id, {...group, count: 0, blocks: new Set(), items: []});
    const row = rows.get(group.id), {block} = placeOf(plan, part), name = part.id.split(".").at(-1), kind = part.kind === "norm" ? name : part.kind;
    row.count += one.count;
    if (block !== null) row.blocks.add(block);
    const item = row.items.find((same) => same.kind === kind && (kind !== "other" || same.part.endsWith(`.${name}`)));
    if (item) item.count += one.count;
    else row.items.push({kind, also: jointly(plan, part, one), count: one.count, part: part.id});
  }
  const all = [...rows.values()].sort((a, b) => ORDER.indexOf(a.what) - ORDER.indexOf(b.what)).map((row) => ({...row, blocks: row.blocks.size, share: row.count / plan.total}));
  return {rows: all, total: all.reduce((sum, {count}) => sum + count, 0), shared: plan.parameters.filter(({part, shared}) => shared.length && /\.embed$/.test(part))};
}

/** What else of its own attention computes with a parameter: one matrix may make queries, keys and values. -> kinds */
function jointly(plan, {id}, {shared}) {
  const within = id.slice(0, id.lastIndexOf("."));
  return plan.parts.filter((part) => shared.includes(part.id) && part.id.startsWith(`${within}.W_`)).map(({kind}) => kind);
}

/** Whether a row of the ledger counts parameters of this part. */
export const countedIn = (plan, row, part) => plan.parameters.some((one) => part.parameters.includes(one.name) && groupOf(plan, one).id === row.id);

/** The tensors that a part is shown by: {title, name}. */
export function shownBy(part) {
  const last = (name) => name.split(".").at(-1);
  if (part.kind === "add") return [...part.reads.map((name, i) => ({title: i ? "+" : "x", name})), ...part.makes.map((name) => ({title: "x′", name}))];
  if (part.kind === "replace") return part.reads.map((name) => ({title: "x′", name}));
  if (part.kind === "block") return [{title: "x", name: part.reads[0]}, {title: "x′", name: part.makes[0]}];
  if (part.kind === "rotate") return [...part.reads, ...part.makes].map((name) => ({title: last(name), name})).sort((a, b) => a.title.localeCompare(b.title));
  return part.makes.slice(0, 1).map((name) => ({title: /^[qkv](_|$)/.test(last(name)) ? last(name) : "", name})); // others say their name themselves
}

/** The attention that a part belongs to, or stands beside: its head and its cell are shown. */
export function siteAt(plan, trace, id) {
  const own = trace.sites.find(({name}) => id === name || id.startsWith(`${name}.`));
  if (own) return own;
  const {stack, block, sublayer} = placeOf(plan, {id, kind: plan.parts.find((part) => part.id === id)?.kind});
  const sites = trace.sites.filter(({name}) => name.startsWith(`${stack}.`)), here = sites.filter(({layer}) => layer === block);
  return here.find(({name}) => name.endsWith(`.${sublayer}`)) ?? here[0] ?? (id === `${stack}.norm` || id === "unembed" ? sites.at(-1) : sites[0]);
}

/** The tensors that have to be here before a part can be drawn. */
export function needed(plan, trace, part) {
  if (["tokens", "unembed"].includes(part.kind)) return [];
  const site = siteAt(plan, trace, part.id), attends = ["scores", "pattern", "heads"].includes(part.kind);
  const attention = ["q", "k", "v", "z", "log_denominator"].map((last) => `${site.name}.${last}`);
  return attends ? attention : shownBy(part).map(({name}) => name);
}
