/** What a stage makes of one token, and how far what is worked here is from the model's own. */
import {editsOf, kindOf} from "./edits.js";
import {ACTIVATIONS, apart, rotated} from "./layers.js";
import {concatenated, matrixOf} from "./matrices.js";

/** Names are those of the formulas; the axis says whose position a vector stands at. */
const VECTORS = {
  embed: {x: ["embed"]},
  enter: {x: ["x"]},
  norm: {x: ["x"], y: ["normalized"]},
  memory: {x: ["x"], y: ["normalized"]},
  final: {x: ["x"], y: ["normalized"]},
  qkv: {q: ["q", "query"], k: ["k", "key"], v: ["v", "value"]},
  rotate: {q_unrotated: ["q_unrotated", "query"], q: ["q", "query"], k_unrotated: ["k_unrotated", "key"], k: ["k", "key"]},
  sum: {v: ["v", "value"], z: ["z", "query"]},
  out: {z: ["z"], "W_O(z)": ["out"]},
  add: {x: ["x"], "+": ["adds"], "x′": ["sum"]},
  leave: {x: ["x"], "x′": ["sum"]},
  mlp: {pre: ["pre"], post: ["post"], out: ["out"]},
};
const POSITION = {q_unrotated: ["q_unrotated", "query"], q: ["q", "query"]};

const WHOLE = {x: ["x"], y: ["normalized"], mlp_out: ["out"]}; // of an MLP whose hidden features are not known

/** What a sublayer made, and what its norm makes of it. */
const between = ({x}) => ({[x.split(".").at(-1)]: ["x"], y: ["normalized"]});

const summed = ({adds, also}) => ({x: ["x"], ...Object.fromEntries([["adds", adds], ["also", also]].map(([role, name]) => [`+ ${name.split(".").at(-1)}`, [role]])), "x′": ["sum"]});

function vectorsOf({kind, tensors}) {
  if ("also" in tensors) return summed(tensors);
  if (kind === "between") return between(tensors);
  if (kind === "mlp" && !("post" in tensors)) return Object.fromEntries(Object.entries(WHOLE).filter(([, [role]]) => role in tensors));
  return named({kind, tensors});
}

const named = ({kind, tensors}) => (kind === "position" ? ("adds" in tensors ? VECTORS.add : POSITION) : VECTORS[kind] ?? {});

/** Whether the matrices of a stage share their colours: they are added up, or of the same numbers. */
export const comparable = ({kind, tensors, after}) => ("adds" in tensors && !after) || kind === "leave" || kind === "sum" || kind === "rotate" || kind === "position";

/** The matrices of a stage, those of the chosen head where they have heads. -> [{title, axis, matrix}] */
export function matricesAt({trace, stage, site, head}) {
  return Object.entries(vectorsOf(stage)).map(([title, [role, axis = ""]]) => {
    const name = stage.tensors[role];
    return {title, axis, matrix: stage.kind === "out" && role === "z" ? concatenated(trace, name) : matrixOf(trace, name, {head, nHeads: site.n_heads})};
  });
}

/** Their rows at the chosen query, of keys and values at the chosen key. -> [{title, axis, values}] */
export const vectorsAt = (given) => matricesAt(given).map(({title, axis, matrix}) => (
  {title, axis, values: matrix.row(["key", "value"].includes(axis) ? given.at : given.query)}));

/** Whether an edit puts another z in place of what is worked out here. */
const putElse = (trace, site, head) => editsOf(trace.request.edits ?? [], site, head).some((edit) => ["zero", "mean"].includes(kindOf(edit)));

const CHECKED = 256; // rows of a head: of more, so many evenly apart, the last among them

const someOf = (count) => (count <= CHECKED ? Array.from({length: count}, (_, i) => i) : Array.from({length: CHECKED}, (_, i) => Math.round(i * (count - 1) / (CHECKED - 1))));

/**
 * What is worked here against the model's next tensor, row by row: a long text has millions of numbers to work again.
 * -> [{name, difference: how far a row is apart at most, by its place among those looked at, rows: how many these are, of: how many there are}]
 */
export function checks({trace, stage, site, head, work}) {
  const {kind, tensors} = stage, of = (role) => matrixOf(trace, tensors[role], {head, nHeads: site.n_heads});
  const every = (name, rows, difference) => [{name, rows, of: rows, difference}];
  const some = (name, count, difference) => ((looked) => [{name, rows: looked.length, of: count, difference: (i) => difference(looked[i])}])(someOf(count));
  const turned = (from, to) => (([before, after]) => every(to, after.rows, (i) => apart(rotated(before.row(i), i), after.row(i))))([of(from), of(to)]);
  if (stage.after || (stage.real && kind === "rotate")) return []; // a norm or angles of the model's own come between
  if (kind === "rotate") return [...turned("q_unrotated", "q"), ...turned("k_unrotated", "k")];
  if (kind === "position" && "q" in tensors) return turned("q_unrotated", "q");
  if (kind === "position" || kind === "add") {
    const [sum, ...terms] = ["sum", "x", "adds", "also"].filter((role) => role in tensors).map(of);
    return every(tensors.sum.split(".").at(-1), sum.rows, (i) => {
      const rows = terms.map((one) => one.row(i));
      return apart(sum.row(i).map((_, j) => rows.reduce((a, one) => a + one[j], 0)), sum.row(i));
    });
  }
  if (kind === "softmax") {
    const one = trace.head(site, head);
    return some("log_denominator", one.nQuery, (i) => apart([work.logDenominators[i]], [one.logDenominator(i)]));
  }
  if (kind === "sum" && !putElse(trace, site, head)) {
    const one = trace.head(site, head);
    return some("z", one.nQuery, (i) => apart(work.z[i], one.z(i)));
  }
  const act = kind === "mlp" && "post" in tensors && ACTIVATIONS[stage.facts.activation];
  if (act) return (([pre, post]) => every("post", post.rows, (i) => apart(Float64Array.from(pre.row(i)).map(act), post.row(i))))([of("pre"), of("post")]);
  return [];
}

/** As nothing of them is worked yet. -> [{..., done: rows, most: the largest difference so far}] */
export const begun = (all) => all.map((one) => ({...one, done: 0, most: 0}));

/** Goes on with them until then. -> whether some is left */
export function goOn(all, until, clock = () => performance.now()) {
  for (const one of all) {
    for (; one.done < one.rows; one.done++) {
      if (clock() >= until) return true;
      one.most = Math.max(one.most, one.difference(one.done));
    }
  }
  return false;
}
