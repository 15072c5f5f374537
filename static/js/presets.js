/** Comparisons that are one press away. Each is the words of the panes that it adds, or sets, and what it changes of A. */
import {BLANK} from "./painting.js";
import {said, wordsOf} from "./panes.js";

const MASKS = ["bidirectional", "causal", "prefix:3", "window:4", BLANK];
const SEPARATOR = 5; // <sep>: every vocabulary begins with model/tokenizer.py's SPECIAL
const FAIR = {mask: "native", checkpoint: null, edits: "", written: null};

const word = (said) => new URLSearchParams(said).toString();

/**
 * A family that hands out its attention weights alone runs with its own mask.
 * @param {{trace: any, models: any[], mask: string, beside: string, edits: string}} page what the address says of A, and its trace
 * @returns {{id: string, words: string[], base?: any}[]} words: of all panes besides A then
 */
export function presetsOf({trace, models, mask, beside, edits}) {
  const {model: {id, kind}, request, alone} = trace, own = models.find((m) => m.id === id), before = wordsOf(beside);
  const more = (name, said) => ({id: name, words: [...before, word(said)]});
  const other = (wanted) => models.find((m) => m.kind === wanted && m.n_vocab === own?.n_vocab);
  const taken = [mask === "native" ? own?.mask : mask, ...before.map((one) => said(one).mask)];
  const {checkpoints = []} = own ?? {}, rival = other({encoder: "decoder", decoder: "encoder"}[kind]), another = models.find((m) => m.id !== id), writer = other("decoder");
  return [
    ...MASKS.filter((mask) => !alone && !taken.includes(mask)).map((mask) => more(mask.split(":")[0], {mask})),
    ...(edits ? [more("unedited", {edits: ""})] : []),
    more("sentence", {text: request.text}),
    ...(checkpoints.length > 1 ? [request.checkpoint === checkpoints[0] ? more("finished", {none: "checkpoint"}) : more("checkpoint", {checkpoint: checkpoints[0]})] : []),
    ...(another ? [more("model", {model: (rival ?? another).id, mask: "native"})] : []),
    ...(rival ? [{id: "fair", words: [word({model: rival.id, mask: "native"})], base: FAIR}] : []),
    ...(kind === "encoder-decoder" && writer ? [{id: "translating", words: documents(trace, writer), base: FAIR}] : []),
  ];
}

/** The translation as one document that a decoder reads, "<bos> source <sep> target", from left to right, and with the source seen by all. */
function documents({tokens: {source, target}, request: {text}}, {id}) {
  const read = {model: id, text, written: [SEPARATOR, ...target.slice(1).map((token) => token.id)].join(".")};
  return ["native", `prefix:${source.length + 1}`].map((mask) => word({...read, mask})); // <bos> and <sep>, but no <eos>
}
