/** The switch that leaves the first position out, and how much of the chosen row's weight it hides. */
import {html} from "htm/preact";
import {patternRow} from "../attention.js";
import {percent} from "../format.js";
import {label} from "../labels.js";
import {FIRST} from "../sink.js";
import {Toggle} from "./choice.js";

export function SinkToggle({t, trace, site, head, query, sink, on}) {
  const hides = sink === "hidden", weight = patternRow(trace.head(site, head), query)[FIRST];
  return html`
    <div class="sink">
      <${Toggle} text=${t("hide the first position")} on=${hides} onToggle=${(on_) => on.show({sink: on_ ? "hidden" : "shown"})} />
      ${hides && html`<span class="note">${t("hidden: {weight} of this row's weight, on {token}; nothing is renormalised",
        {weight: percent(weight), token: label(trace.along(site, "key")[FIRST])})}</span>`}
    </div>`;
}
