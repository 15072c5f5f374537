/** Every parameter of a model, counted by what it is for: the rows add up to the total that the model reports. */
import {html} from "htm/preact";
import {count, percent} from "../format.js";
import {stackName} from "../stage_words.js";
import {countedIn, ledger} from "../structure.js";
import {groupName, itemName} from "../structure_words.js";

/** @param {any} props part: the chosen one, whose row is marked */
export function Ledger({t, plan, part, onPart}) {
  const {rows, total, shared} = ledger(plan), several = plan.stacks.length > 1;
  return html`
    <div class="ledger">
      <h3>${t("Parameters")}</h3>
      <table>
        <thead><tr><th scope="col">${t("part")}</th><th scope="col">${t("parameters")}</th><th scope="col">${t("share")}</th></tr></thead>
        <tbody>${rows.map((row) => html`
          <tr key=${row.id} class=${countedIn(plan, row, part) ? "chosen" : ""}>
            <th scope="row"><button type="button" class="quiet" onClick=${() => onPart(row.items[0].part)}>${name(t, row, several && (row.what !== "embed" || rows.filter(({what}) => what === "embed").length > 1))}</button>
              <small>${row.blocks > 1 && `${t("{count} blocks", {count: row.blocks})} · `}${row.items.map((item) => `${itemName(t, plan, item)} ${count(item.count)}`).join(", ")}</small></th>
            <td>${count(row.count)}</td>
            <td class="share"><span class="bar" style=${{"--weight": row.share}}></span>${percent(row.share)}</td>
          </tr>`)}
          ${shared.map((one) => html`<tr class="none"><th scope="row">${one.shared.includes("unembed") ? t("Unembedding") : t("Embedding, once more")}
            <small>${t("the embedding's table, used again: counted there")}</small></th><td>0</td><td></td></tr>`)}
        </tbody>
        <tfoot><tr><th scope="row">${t("Total")}</th><td>${count(total)}</td><td>100 %</td></tr></tfoot>
      </table>
      <p class="checked"><b>${t("checked: {difference}", {difference: count(total - plan.total)})}</b> ${t("The difference from what the model says of itself: {count} parameters.", {count: count(plan.total)})}</p>
    </div>`;
}

const name = (t, row, several) => (several ? `${groupName(t, row)} · ${stackName(t, row.stack)}` : groupName(t, row));
