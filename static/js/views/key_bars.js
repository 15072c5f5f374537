/** For every key that a query sees: its weight, how long its value is, and the product of the two. */
import {html} from "htm/preact";
import {FIRST} from "../sink.js";
import {ordered} from "../values.js";
import {Token} from "./token.js";
import {walked} from "./walk.js";

const SHOWN = 32; // keys; what the rest come to stands in one line

export function KeyBars({t, keys, moved, chosen, order, hides, show, onPick}) {
  const most = Math.max(...moved.rows.map((row) => row.moved), 1e-9);
  const {shown: rows, rest} = ordered(moved.rows.filter(({key}) => !(hides && key === FIRST)), order, {most: SHOWN, key: chosen});
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
        ${rest.count > 0 && html`
          <tfoot><tr><th scope="row">${t("{count} more keys", {count: rest.count})}</th>
            <${Bar} share=${rest.weight} text=${show(rest.weight)} /><td></td><${Bar} role="moves" share=${Math.min(1, rest.moved / most)} text=${show(rest.moved)} />
          </tr></tfoot>`}
      </table>
    </div>
    ${moved.hidden > 0 && html`<p class="note">${t("Keys that the mask hides: {count}. Their weight is 0, and they move nothing.", {count: moved.hidden})}</p>`}`;
}

const Bar = ({share, text, role = ""}) => html`
  <td><i class="length ${role}" style=${{"--length": share}}></i><span>${text}</span></td>`;
