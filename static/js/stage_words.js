/** What the step player calls its parts and stages, and the sentence or two that it says of each. */
import {siteName} from "./names.js";
import {realMeaning} from "./real_words.js";
import {scoreMeaning} from "./score_words.js";

/** As short as the film strip needs it. */
export function stageName(t, {kind, real}) {
  return {
    tokens: t("tokens"), enter: t("stream"), embed: t("embedding"), position: t("position"), norm: t("norm"), qkv: "Q K V", rotate: t("rotation"),
    scores: t("scores"), scale: t("scale"), cap: t("cap"), bias: t("bias"), mask: t("mask"), softmax: "softmax", sum: t("weighted sum"), out: t("concat, W_O"),
    add: t("add"), between: t("norm"), mlp: t("MLP"), leave: t("the rest"), memory: real ? t("memory") : t("final norm"), final: t("final norm"), logits: t("logits"),
  }[kind];
}

export function stageTitle(t, {kind, real, after}) {
  return {
    tokens: t("Tokens"), enter: t("The stream begins"), embed: t("Embedding"), position: t("Position"), norm: t("Norm"), qkv: t("Queries, keys, values"),
    rotate: t("Rotary position"), scores: t("Scores"), scale: t("Scale"), cap: t("Soft cap"), bias: t("Bias by distance"), mask: t("Mask"), softmax: t("Softmax over the row"),
    sum: t("Weighted sum"), out: t("Concatenate, then W_O"), add: after ? t("Residual: add, then norm") : t("Residual: add"), between: t("Norm of what was made"), mlp: t("MLP: position by position"), leave: t("What else the block does"),
    memory: real ? t("The memory") : t("Final norm: the memory"), final: t("Final norm"), logits: t("Logits and prediction"),
  }[kind];
}

/** Where in the model a stage is. */
export function placeName(t, stage, site) {
  if (stage.sublayer === null) return partName(t, stage.part);
  if (stage.sublayer === "mlp") return `${partName(t, stage.part)} · ${t("MLP")}`;
  return `${siteName(t, site)} · ${t("block {block}", {block: site.layer})}`;
}

export function partName(t, part) {
  const [stack, place, block] = part.split(".");
  if (place === "blocks") return stack === "encoder" ? t("encoder block {block}", {block}) : t("decoder block {block}", {block});
  if (place === "input") return stack === "encoder" ? t("encoder input") : t("decoder input");
  return stack === "encoder" ? t("encoder output") : t("decoder output");
}

export function partShort(t, {place, block}) {
  if (place === "blocks") return t("block {block}", {block});
  return place === "input" ? t("input") : t("output");
}

export const stackName = (t, stack) => (stack === "encoder" ? t("Encoder") : t("Decoder"));

/**
 * For someone who has never seen attention.
 * @param {any} given the numbers that the sentences need: of the config, the chosen head, and of what the mask hides
 */
export function stageMeaning(t, stage, given) {
  const {kind, tensors} = stage, own = scoreMeaning(t, kind, given) ?? (stage.real ? realMeaning(t, stage, given) : null);
  if (own) return own;
  if (kind === "position") {
    return "adds" in tensors
      ? t("Each position has a vector of its own, and it is added: now the same token at two places is two different vectors.")
      : t("Nothing is added for the position in this model: so far, a vector does not know where its token stands. Position comes in later: inside every self-attention, queries and keys are turned by an angle that grows with their position. Here you see it for the first block.");
  }
  if (kind === "qkv" && "memory" in tensors) {
    return t("This is the bridge between the two halves. The target asks: queries come from the decoder. The source answers: keys and values come from the encoder's output, the memory. You see head {head} of {n_heads}.", given);
  }
  if (kind === "mask") {
    return given.hidden ? t("The mask takes {hidden} of {pairs} pairs out: their score becomes −∞, so that their weight will be exactly 0. A causal mask hides what comes after a token, because that is what the model has to predict.", given)
      : t("This attention has nothing to hide: every query may look at every key. A mask would set scores to −∞ here.");
  }
  if (kind === "add") {
    return stage.sublayer === "mlp" ? t("What the MLP made is added to the stream, not put in its place. This is what leaves the block, and what comes next begins with.")
      : t("What attention made is added to the stream, not put in its place: a token keeps what it was, and gains what it found.");
  }
  if (kind === "mlp" && given.activation === "relu") {
    return t("Now every position works alone. A matrix makes {d_mlp} hidden features, ReLU lets positive ones through and puts 0 in place of negative ones, and a second matrix makes of them what will be added.", given);
  }
  if (given.n_heads === 1 && kind === "qkv") {
    return t("Three matrices make three vectors of every token: the query says what it looks for, the key what it can be found by, the value what it hands over. There is one head, of {d_head} features.", given);
  }
  if (given.n_heads === 1 && kind === "out") {
    return t("One more matrix, W_O, makes of what the head brings a vector of {d_model} numbers: what attention will add.", given);
  }
  if (kind === "logits" && !given.tied) {
    return t("Each position's vector is multiplied with a last matrix, which has a column for each of the {n_vocab} tokens: one score for each, the logits. Their softmax says how probable the model finds each token.", given);
  }
  return {
    tokens: t("A model does not read letters. Its tokenizer cuts the sentence into tokens, pieces from a fixed list of {n_vocab}, and gives each its number in the list.", given),
    enter: t("Of each token's number, and of its place where that comes in here, the model makes a vector of {d_model} numbers. This is what enters the first block: the residual stream begins.", given),
    embed: t("Each number picks one row of the model's table: a vector of {d_model} numbers. The same token gets the same vector, wherever it stands. This is where the residual stream begins.", given),
    norm: t("Before it is read, each position's vector is shifted to mean 0 and scaled to variance 1, then stretched and shifted by numbers of the model's own. Only the copy that is read is changed; the stream goes on as it was."),
    qkv: t("Three matrices make three vectors of every token: the query says what it looks for, the key what it can be found by, the value what it hands over. Each is cut into {n_heads} heads of {d_head} features. You see head {head}.", given),
    rotate: t("Feature m and feature m + {half} are the two coordinates of a clock hand. It is turned by an angle that grows with the position: the first hand fast, the last hardly at all. How well a query and a key match then depends on how far apart they stand.", given),
    scores: t("Each query meets each key: their features are multiplied one by one and added up. A large sum means that what one looks for and what the other offers fit together."),
    scale: t("Sums over {d_head} features come out large. They are divided by the root of {d_head}, or else the softmax would give nearly everything to a single key.", given),
    softmax: t("e to the power of each score, divided by the sum of its row. Now no number is negative and every row adds up to 1: these are the attention weights, the shares that a query gives to the keys."),
    sum: t("Each query takes from each value as much as its weight says, and adds it all up. The result, z, is what this head brings to the token."),
    out: t("The {n_heads} heads lie side by side again, and one more matrix, W_O, mixes them into one vector of {d_model} numbers: what attention will add.", given),
    mlp: t("Now every position works alone. A matrix makes {d_mlp} hidden features, GELU lets positive ones through and nearly silences negative ones, and a second matrix makes of them what will be added.", given),
    memory: t("After its last block the encoder's stream is normalized once more. The result is the memory: every block of the decoder reads it through cross-attention."),
    final: t("After the last block the stream is normalized once more, ready to be compared with the vocabulary."),
    logits: t("Each position's vector is multiplied with the embedding of each of the {n_vocab} tokens: one score for each, the logits. Their softmax says how probable the model finds each token.", given),
  }[kind];
}
