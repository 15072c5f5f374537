/** The switch that leaves the first position out, and how much of the chosen row's weight lies there. */
import {html} from "htm/preact";
import {percent} from "../format.js";
import {label} from "../labels.js";
import {FIRST} from "../sink.js";
import {Toggle} from "./choice.js";

export function SinkToggle({t, trace, site, head, query, sink, on}) {
  const hides = sink === "hidden";
  const facts = {
    weight: percent(trace.row(site, head, query)[FIRST]), token: label(trace.along(site, "key")[FIRST]),
  };
  return html`
    <div class="sink">
      <${Toggle} text=${t("hide the first position")} on=${hides}
        title=${t("Many heads put the weight that they have no use for on the first token. Without its column the others are easier to see.")} onToggle=${(on_) => on.show({sink: on_ ? "hidden" : "shown"})} />
      <span class="note">${hides ? t("hidden: {weight} of this row's weight, on {token}; nothing is renormalised", facts)
        : t("{weight} of this row's weight is on {token}", facts)}</span>
    </div>`;
}
