/** A trace that was written to a file (`headlight trace`, or saved from the page), opened without the server that made it. */
import {BadFile} from "./bad_file.js";
import {widened} from "./halves.js";
import {chanceOf, scoresOf} from "./head_scores.js";
import {missingOf} from "./portions.js";
import {Trace} from "./trace.js";

/** Whether what a file holds is a trace of ours rather than somebody's attentions. */
export const isTrace = ({metadata: {sites, tokens, model}}) => Array.isArray(sites) && sites.length > 0 && typeof tokens === "object" && typeof model?.id === "string";

export class TraceFile extends Trace {
  /**
   * @param {ArrayBuffer} buffer
   * @param {{name: string}} file
   * Throws BadFile where an attention lacks what its weights are made of.
   */
  constructor(buffer, file) {
    super(buffer);
    this.file = file;
    this.rounded = Object.values(this.tensors).some(({dtype}) => dtype === "F16"); // whether its numbers are float16's, not the run's own
    for (const tensor of Object.values(this.tensors)) {
      if (tensor.dtype === "F16") Object.assign(tensor, {data: widened(tensor.data, "F16"), dtype: "F32"});
    }
    for (const site of this.sites) {
      const names = missingOf(this, site).filter((name) => !name.endsWith(".z")); // it can be made of the weights and the values
      if (names.length) throw new BadFile((t) => t("This trace lacks {names}. Write it again with all that is stored: without --names.", {names: names.join(", ")}));
    }
    for (const site of this.sites) {
      this.tensors[`${site.name}.head_scores`] ??= {data: scoresOf(this, site)};
      this.tensors[`${site.name}.head_chance`] ??= {data: chanceOf(this, site)};
    }
  }

  get views() {
    const lengths = this.sites.every(({name}) => `${name}.head_out_norm` in this.tensors && `${name}.head_out_share` in this.tensors);
    return super.views.filter((view) => view !== "values" || lengths);
  }

  get saves() { return ["png", "svg", "csv"]; }
}
