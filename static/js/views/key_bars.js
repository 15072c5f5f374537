/** For every key that a query sees: its weight, how long its value is, and the product of the two. */
import {html} from "htm/preact";
import {FIRST} from "../sink.js";
import {ordered} from "../values.js";
import {Token} from "./token.js";
import {walked} from "./walk.js";

export function KeyBars({t, keys, moved, chosen, order, hides, show, onPick}) {
  const most = Math.max(...moved.rows.map((row) => row.moved), 1e-9);
  const rows = ordered(moved.rows, order).filter(({key}) => !(hides && key === FIRST));
  const places = rows.map(({key}) => key), stop = places.includes(chosen) ? chosen : places[0];
  return html`
    <div class="key-bars">
      <table class="bars" onKeyDown=${(event) => walked(event, places, stop, onPick)}>
        <caption>${t("Bars: the weight of 1, the norm of the longest value of this head, their product of the largest in this row.")}</caption>
        <thead><tr><th scope="col">${t("key")}</th><th scope="col">${t("weight")}</th><th scope="col">‖v‖</th>
          <th scope="col">${t("weight × ‖v‖")}</th></tr></thead>
        <tbody>
          ${rows.map(({key, weight, norm, moved: product}) => html`
            <tr key=${key} class=${key === chosen ? "chosen" : ""}>
              <th scope="row"><button type="button" tabindex=${key === stop ? 0 : -1} aria-pressed=${key === chosen} data-place=${key}
                onClick=${() => onPick(key)}><${Token} token=${keys[key]} length=${12} /><sub>${key}</sub></button></th>
              <${Bar} share=${weight} text=${show(weight)} />
              <${Bar} role="value" share=${norm / moved.longest} text=${show(norm)} />
              <${Bar} role="moves" share=${product / most} text=${show(product)} />
            </tr>`)}
        </tbody>
      </table>
    </div>
    ${moved.hidden > 0 && html`<p class="note">${t("Keys that the mask hides: {count}. Their weight is 0, and they move nothing.", {count: moved.hidden})}</p>`}`;
}

const Bar = ({share, text, role = ""}) => html`
  <td><i class="length ${role}" style=${{"--length": share}}></i><span>${text}</span></td>`;
