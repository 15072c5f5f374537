/** What the model is made of: the drawing, the chosen part on the sentence at hand, and the parameters counted. */
import {html} from "htm/preact";
import {useState} from "preact/hooks";
import {Ledger} from "./ledger.js";
import {PartDetail} from "./part_detail.js";
import {Families, StructureDrawing} from "./structure_drawing.js";

const ZOOM = 1.7; // for a class

/** @param {any} props structures: as structures.js tells them; cell: the one that is pointed at, else the chosen one */
export function Structure(props) {
  const {t, lang, structures: {columns, chosen, unrolled, families, glossary, problem, lasts, expected, stage}, shown, cell, theme, digits, plotly, present, on} = props;
  const [foreign, choose] = useState({query: cell.query, key: cell.key}), at = chosen?.foreign ? foreign : cell;
  const acts = chosen?.foreign ? {...on, hover: () => {}, pick: (to) => choose((now) => ({...now, ...to})), head: (_, head) => on.show({head})} : on;
  const part = (id) => on.structure.part(chosen.model, id);
  return html`
    <div class="panes structure ${families ? "of-families" : ""} ${columns.some(({plan}) => plan.stacks.length > 1) ? "two-stacks" : ""}">
      <div class="structure-plan">
        ${!(lasts && !chosen) && html`<label class="check"><input type="checkbox" checked=${families} onChange=${(e) => on.structure.families(e.currentTarget.checked)} /> ${t("the three families side by side")}</label>`}
        ${chosen ? html`<${StructureDrawing} ...${{t, unrolled, families}} models=${columns} chosen=${{model: chosen.model, id: chosen.part.id}} zoom=${present ? ZOOM : 1} onPart=${on.structure.part} />`
          : !problem && html`<p class="waiting">${t("Loading…")}</p>`}
        ${columns.length < expected && columns.length > 0 && html`<p class="note" role="status">${t("Loading…")}</p>`}
        ${problem && !chosen && html`<p class="note warning" role="alert">${problem}
          ${" "}${lasts ? html`<button type="button" class="quiet" onClick=${() => on.act("look")}>${t("Look at its heads")}</button>`
            : html`<button type="button" class="quiet" onClick=${on.structure.again}>${t("Try again")}</button>`}</p>`}
        ${families && html`<${Families} t=${t} models=${columns} />`}
      </div>
      ${chosen && html`
        <${PartDetail} key="detail" ...${{t, lang, glossary, problem, stage, theme, digits, plotly, present}} plan=${chosen.plan} part=${chosen.part} trace=${chosen.trace} head=${shown.head} query=${at.query} key_=${at.key}
          on=${{...acts, part, again: on.structure.again}} />
        <aside><${Ledger} ...${{t, plan: chosen.plan, part: chosen.part}} onPart=${part} /></aside>`}
    </div>`;
}
