/** The fixed sentences that every view is shown on. The server runs them whenever the page is opened: nothing is kept. */
import * as api from "../api.js";
import {WHOLE} from "../portions.js";
import {Trace} from "../trace.js";

export {told} from "../told.js";

const HIDDEN = [4, 6].map((swap) => ({swap, side: "source", token: 3})); // <mask>

/** name -> what is asked, and the cell that is chosen at first; names: further tensors */
export const RUNS = {
  repeated: {request: {model: "decoder", text: "Tom likes music. Mary likes music. Tom likes"}, names: ["decoder.blocks.1.*", "decoder.norm.*", "*.blocks.0.resid_pre", "*.resid_post", "logits"],
    chosen: {site: "decoder.blocks.1.attn", head: 2, query: 6, key: 3}},
  bidirectional: {request: {model: "encoder", text: "Tom lost his key because he was in a hurry."},
    chosen: {site: "encoder.blocks.3.attn", head: 3, query: 6, key: 1}},
  hidden: {request: {model: "encoder", text: "Tom lost his key because he was in a hurry.", edits: HIDDEN},
    chosen: {site: "encoder.blocks.3.attn", head: 0, query: 6, key: 7}},
  behind: {request: {model: "encoder", text: "Tom lost his key because he was in a hurry.", edits: HIDDEN, mask: "causal"},
    chosen: {site: "encoder.blocks.3.attn", head: 0, query: 6, key: 5}},
  split: {request: {model: "encoder", text: "The grasshopper jumped over the fence."}, chosen: {site: "encoder.blocks.3.attn", head: 0, query: 3, key: 2}},
  translated: {request: {model: "encoder-decoder", text: "I saw your sister at school yesterday."},
    chosen: {site: "decoder.blocks.2.cross_attn", head: 2, query: 1, key: 6}},
  written: {request: {model: "decoder", text: "Once upon a time there was a little girl", written: [6648, 5867, 278, 5867, 4936]},
    chosen: {site: "decoder.blocks.1.attn", head: 2, query: 13, key: 11}},
  begun: {request: {model: "encoder-decoder", text: "I saw your sister at school yesterday.", written: []},
    chosen: {site: "decoder.blocks.2.cross_attn", head: 2, query: 0, key: 0}},
  bytes: {request: {model: "decoder", text: "我爱吃鱻，你爱吃什么？"}, chosen: {site: "decoder.blocks.0.attn", head: 0, query: 5, key: 3}},
  blinded: {request: {model: "decoder", text: "I want tea.", mask: {painted: [[2, 0, false], [2, 1, false], [2, 2, false]]}},
    chosen: {site: "decoder.blocks.0.attn", head: 0, query: 2, key: 1}},
  twoHeads: {request: {model: "hand", text: "I love eating fish", mask: "bidirectional"}, names: ["decoder.embed", "decoder.pos_embed", "decoder.blocks.0.resid_pre", "decoder.blocks.0.attn_out"],
    chosen: {site: "decoder.blocks.0.attn", head: 0, query: 2, key: 3}},
  byHand: {request: {model: "hand-one", text: "I love eating fish", mask: "bidirectional"}, names: ["*.resid_pre"],
    chosen: {site: "decoder.blocks.0.attn", head: 0, query: 2, key: 3}},
  long: {request: {model: "decoder", text: "The old man sat down in front of the big red house, and the dog sat down beside the old man."},
    chosen: {site: "decoder.blocks.1.attn", head: 2, query: 17, key: 5}},
};

/** A run of this table; further: the checkpoint, or other tensors of the same run. */
export async function ask({request, names = []}, lang, further = {}, signal = undefined) {
  return new Trace(await api.trace({...request, names: [...WHOLE, ...names], ...further}, lang, signal));
}
