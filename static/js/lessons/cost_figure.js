/** What a block costs by the number of tokens. attributes: n at first, a power of two; width: "gpt2" or "ours" */
import {signal} from "@preact/signals";
import {html} from "htm/preact";
import {Cost} from "../views/cost.js";

const OURS = 128, GPT2_SMALL = 768, GPT3 = 12_288; // d_model: the shipped decoder's; Radford et al. 2019; Brown et al. 2020

export function createCost({attributes, t}) {
  const n = signal(Number(attributes.n ?? 1024)), size = signal(attributes.width ?? "gpt2");
  const sizes = [["ours", OURS, t("our decoder")], ["gpt2", GPT2_SMALL, "GPT-2 small"], ["gpt3", GPT3, "GPT-3"]];
  const on = {n: (value) => { n.value = value; }, size: (id) => { size.value = id; }};
  return () => html`<${Cost} t=${t} n=${n.value} size=${size.value} sizes=${sizes} on=${on} />`;
}
