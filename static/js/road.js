/**
 * One token on its way along the residual stream of a block: what stands on the road, what is made beside it, and how that comes onto
 * the road. A run is what GET /api/block answers.
 */
import {moments} from "./layers.js";

const BLOCK = "decoder.blocks.0";
const SUBLAYERS = [
  {name: "attn", norm: "norm_attn", inside: [], made: "attn_out", before: "resid_pre", after: "resid_mid"},
  {name: "mlp", norm: "norm_mlp", inside: ["mlp.pre", "mlp.post"], made: "mlp_out", before: "resid_mid", after: "resid_post"},
];

export const NORMS = ["pre-mlp", "pre", "post", "none"];

/** @returns {any} {embed, position, start, sublayers: [{name, reads, before, inside, made, joined, named, after, result}], residual} */
export function journey(run, token) {
  const of = (name) => run.tensors[name]?.data[token], at = (last) => of(`${BLOCK}.${last}`), {norm, residual} = run.model.config;
  const sublayers = SUBLAYERS.map(({name, norm: own, inside, made, before, after}) => {
    const normalized = at(`${own}.normalized`), post = norm === "post", x = at(before), y = at(made);
    return {
      name, x, reads: name === "attn" ? seen(run, token) : [token], before: normalized && !post ? normed(x, normalized) : null,
      inside: name === "attn" ? run.tensors[`${BLOCK}.attn.z`].data.map((z, head) => ({name: "attn.z", head, vector: z[token]})) : inside.map((last) => ({name: last, vector: at(last)})), made: {name: made, vector: y},
      joined: residual ? x.map((a, i) => a + y[i]) : y, after: normalized && post ? normed(residual ? x.map((a, i) => a + y[i]) : y, normalized) : null,
      result: {name: after, vector: at(after)},
    };
  });
  return {embed: of("decoder.embed"), position: of("decoder.pos_embed"), start: {name: "resid_pre", vector: at("resid_pre")}, sublayers, residual};
}

function normed(x, vector) {
  const {mean, deviation} = moments(x);
  return {vector, mean, variance: deviation ** 2};
}

/** The tokens that any head of the attention takes something from. */
const seen = ({tensors}, token) => {
  const heads = tensors[`${BLOCK}.attn.pattern`].data;
  return heads[0][token].map((_, key) => key).filter((key) => heads.some((head) => head[token][key] > 0));
};

/** How far the road as it is worked here is from the model's own, at most: where there is no norm after a sum. */
export const apartOf = ({sublayers}) => Math.max(...sublayers.map(({joined, after, result}) => (after ? 0 : Math.max(...joined.map((x, i) => Math.abs(x - result.vector[i]))))));

export const length = (vector) => Math.hypot(...vector);
