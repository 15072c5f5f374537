/** What the step player says of a stage of a real model, as far as it is known what that does. Null: what it says of all models. */

/** @param {any} given as stage_words.js has it, with the stage's facts */
export function realMeaning(t, stage, given) {
  const {kind, tensors} = stage, {normalizes, activation} = given;
  if (kind === "qkv" && !("memory" in tensors) && tensors.q.endsWith("_unrotated")) {
    return t("Each head has three vectors for every token: the query says what it looks for, the key what it can be found by, the value what it hands over. You see head {head} of {n_heads}. Nothing of the position is in its queries and keys yet: they are turned in the next stage.", given);
  }
  if (kind === "qkv" && !("memory" in tensors)) {
    return t("Each head has three vectors for every token: the query says what it looks for, the key what it can be found by, the value what it hands over. You see head {head} of {n_heads}, as the scores take it: where a model turns queries and keys by their position, that is done.", given);
  }
  if (kind === "logits") return t("What leaves the last block goes through what the model ends with, a norm in most, and meets one column for each of the {n_vocab} tokens: one score for each, the logits. Their softmax says how probable the model finds each token.", given);
  if (kind === "memory") return t("What leaves the encoder's last block goes through what the encoder ends with, a norm in most models. The result is the memory: every block of the decoder reads it through cross-attention.");
  if (kind === "embed" && tensors.embed.endsWith(".narrow_embed")) {
    return t("Each number picks one row of the model's table: a vector of {d_embed} numbers, the same wherever the token stands. The residual stream is wider: on the way to the first block one more matrix makes {d_model} numbers of them.", given);
  }
  if (kind === "embed" && stage.then) return t("Each number picks one row of the model's table: a vector of {d_model} numbers, the same wherever the token stands. It goes on from here to what enters the first block.", given);
  if (kind === "rotate") return t("Queries and keys are turned by angles that grow with the position; how fast, this family decides. Their lengths stay, or where a family stretches its positions (YaRN), all grow by one factor. How well a query and a key match then depends on how far apart they stand.");
  if (kind === "norm" && normalizes === "rms") return t("Before it is read, each position's vector is divided by the root of the mean of its squares, then each feature is stretched by a number of the model's own. Only the copy that is read is changed; the stream goes on as it was.");
  if (kind === "norm" && normalizes !== "layer") return t("Before it is read, each position's vector is brought to a common size. Only the copy that is read is changed; the stream goes on as it was.");
  if (kind === "out" && stage.between) {
    return t("The {n_heads} heads lie side by side again, and one more matrix, W_O, mixes them into one vector of {d_model} numbers. It is not added as it is: a norm of its own comes first.", given);
  }
  if (kind === "between") {
    return stage.sublayer === "mlp" ? t("In this model what the MLP made goes through a norm of its own before it is added: {x} is what the MLP made, y what will be added.", {x: "mlp_out"})
      : t("In this model what attention made goes through a norm of its own before it is added: {x} is what W_O made of the heads, y what will be added.", {x: tensors.x.split(".").at(-1)});
  }
  if (kind === "add" && stage.after) {
    return stage.sublayer === "mlp" ? t("What the MLP made is added to the stream, and the sum is normalized at once: in this model the norm stands behind. x′ is what leaves the block.")
      : t("What attention made is added to the stream, and the sum is normalized at once: in this model the norm stands behind. x′ is what goes on.");
  }
  if (kind === "add" && "also" in tensors) return t("In this model attention and the MLP stand side by side: both read the stream as it came into the block. What the two made is added in one go, and leaves the block.");
  if (kind === "leave") return t("Of this block no more could be told apart: what its MLP makes, and what is done to it before it is added, has no name here. You see the stream as it came into the block, and as it leaves it.");
  if (kind === "mlp" && !("post" in tensors)) return t("Now every position works alone. This MLP is more than two matrices, with a gate or with experts: you see what it reads and what it makes, not what is between.");
  if (kind === "mlp" && activation === "silu") return t("Now every position works alone. A matrix makes {d_mlp} hidden features, SiLU lets positive ones through and nearly silences negative ones, and a second matrix makes of them what will be added.", given);
  if (kind === "mlp" && !["gelu", "gelu_tanh", "relu"].includes(activation)) return t("Now every position works alone. A matrix makes hidden features, a function bends each of them, and a second matrix makes of them what will be added.");
  return null;
}
