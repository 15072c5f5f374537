/** What the parts of a model are called, and what is said of each. */
import {stackName} from "./stage_words.js";
import {isBehind, isBetween} from "./structure.js";

/** As it stands in its box. */
export const boxName = (t, {kind, index, id}) => ({
  tokens: t("tokens"), embed: t("embedding"), enter: t("to the stream's width"), pos_embed: t("positions"), norm: t("norm"), W_q: "W_Q", W_k: "W_K", W_v: "W_V", W_o: "W_O", rotate: t("rotation"),
  scores: t("q · k × scale"), pattern: "softmax", z: t("weighted sum"), heads: t("heads"), add: "+", replace: "=", W_in: "W_in", post: t("activation"), W_out: "W_out", mlp: t("MLP"),
  unembed: t("unembedding"), block: t("block {block}", {block: index}), other: id?.split(".").at(-1),
}[kind]);

export function partTitle(t, part, last) {
  if (part.kind === "norm" && last) return t("Final norm");
  if (isBetween(part)) return t("Norm of what was made");
  return {
    tokens: t("Tokens"), embed: t("Embedding"), enter: t("To the stream's width"), pos_embed: t("Positions"), norm: t("Norm"), W_q: t("W_Q: makes queries"), W_k: t("W_K: makes keys"), W_v: t("W_V: makes values"),
    W_o: t("W_O: brings the heads together"), rotate: t("Rotary position"), scores: t("Attention scores"), pattern: t("Attention weights"), z: t("Weighted sum"),
    heads: t("Heads"), add: t("Addition to the stream"), replace: t("In place of the stream"), W_in: t("W_in: into the hidden layer"), post: t("Activation"), W_out: t("W_out: out of the hidden layer"), mlp: t("MLP"),
    unembed: t("Unembedding"), block: t("A whole block"), other: t("Another module"),
  }[part.kind];
}

/** Where it stands: the stack, the block, the sublayer. */
export function partPlace(t, {stack, block, sublayer}) {
  return [stackName(t, stack), block !== null && t("block {block}", {block}), sublayer && sublayerName(t, sublayer)].filter(Boolean).join(" · ");
}

export const sublayerName = (t, sublayer) => ({attn: t("self-attention"), cross_attn: t("cross-attention"), mlp: t("MLP")})[sublayer];

/** What the ledger counts together. */
export function groupName(t, {what}) {
  return {
    embed: t("Embedding"), enter: t("To the stream's width"), pos_embed: t("Positions"), attn: t("Self-attention"), cross_attn: t("Cross-attention"), mlp: t("MLP"), norms: t("Norms"), unembed: t("Unembedding"), other: t("Other modules"),
  }[what];
}

/** What a part does in a sentence, beyond what the glossary says of its tensor. */
export function partMeaning(t, {kind}, {crosses = false} = {}) {
  return {
    tokens: t("The sentence as the model reads it: a row of numbers, one for each token."),
    enter: t("The embedding is narrower than the residual stream: this matrix brings what came of tokens and positions to the stream's width."),
    add: t("What a sublayer made is added to the residual stream, number by number. Nothing on the road is replaced."),
    replace: t("This model has no residual: what the sublayer made takes the place of what it read."),
    block: t("It reads the stream and adds to it, first by attention, then by the MLP. Press it in the drawing to look inside."),
    heads: crosses ? t("Queries of the target meet keys of the source; each head takes its share of the source's values.") : t("Each head matches its own queries with its own keys and takes values by the weights."),
    mlp: t("A wide hidden layer, for each position by itself: here no token sees another."),
    W_in: t("Each position by itself: here no token sees another."),
    W_out: t("Each position by itself: here no token sees another."),
    other: t("A module that none of the names used here stand for. Its parameters are counted; what it makes is not shown."),
  }[kind] ?? "";
}

/** How a family differs: what it has one way and others another. */
export function familyLine(t, plan) {
  const has = (what) => plan.parts.some(({id}) => id.includes(what));
  if (plan.stacks.length > 1) return t("two stacks; the decoder has a second attention that reads the encoder");
  return has("decoder.") ? t("one stack, no cross-attention: there is no encoder to read") : t("one stack, no cross-attention, and nothing hidden: it does not write left to right");
}

const NORM = /^norm_(attn|cross|mlp)(_out)?$/;

/** What the ledger counts of a group by itself: a norm by where it stands. */
export function itemName(t, plan, {kind, also, part}) {
  if (kind === "norm") return t("final");
  const [, of, out] = kind.match(NORM) ?? [];
  if (of && (out || isBehind(plan.parts.find(({id}) => id === part)))) return {attn: t("after self-attention"), cross: t("after cross-attention"), mlp: t("after the MLP")}[of];
  if (of) return {attn: t("before self-attention"), cross: t("before cross-attention"), mlp: t("before the MLP")}[of];
  return [kind, ...also].map((one) => boxName(t, {kind: one, id: part})).join("+");
}
