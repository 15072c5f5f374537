/** The stage of the step player that shows what a part does. */
import {stages} from "./stages.js";
import {isBetween, placeOf, siteAt} from "./structure.js";

const KINDS = {
  tokens: ["tokens"], embed: ["embed"], enter: ["enter"], pos_embed: ["position"], W_q: ["qkv"], W_k: ["qkv"], W_v: ["qkv"], rotate: ["rotate"], scores: ["scores"], pattern: ["softmax"], z: ["sum"],
  heads: ["softmax"], W_o: ["out"], W_in: ["mlp"], post: ["mlp"], W_out: ["mlp"], mlp: ["mlp"], norm: ["norm", "final", "memory"], add: ["add", "position"], unembed: ["logits"], block: ["norm", "qkv"],
};

/** -> null where it has none */
export function stageOf(trace, plan, part) {
  const place = placeOf(plan, part), site = siteAt(plan, trace, part.id), kinds = isBetween(part) ? ["between"] : KINDS[part.kind] ?? [];
  const sublayer = part.kind === "block" ? "attn" : place.sublayer, where = part.id.endsWith(".resid_pre") ? null : place.block;
  return stages(trace).find((stage) => kinds.includes(stage.kind) && stage.part.startsWith(`${place.stack}.`)
    && (where === null ? stage.sublayer === null : stage.part === `${place.stack}.blocks.${where}` && stage.sublayer === sublayer && (sublayer === "mlp" || stage.site === site.name))) ?? null;
}
