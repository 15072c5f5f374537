/** What the figures that measure have in common: the trained models by name, and a function that sets each setting. */
import {modelName} from "../names.js";

export function modelOptions(t, ids) {
  const names = {lstm: t("LSTM"), "beside-rnn": t("small RNN"), "beside-lstm": t("small LSTM"), "beside-transformer": t("small Transformer")};
  return ids.split(" ").map((id, look) => ({id, name: names[id] ?? modelName(t, id), look}));
}

const NAMES = ["mode", "of", "positions", "blocks", "seeds", "bias", "norm", "residual", "start", "dtype", "text", "trainedNorm", "trainedResidual", "measure", "dHead", "keys"];

/** on.bias(2), ...; `of` is what is measured in the mode that is shown. */
export function setters(settings) {
  const set = (name) => (value) => {
    const now = settings.peek(), own = now.mode in now ? now.mode : "trained";
    settings.value = {...now, [name === "of" ? own : name]: value};
  };
  return Object.fromEntries(NAMES.map((name) => [name, set(name)]));
}
