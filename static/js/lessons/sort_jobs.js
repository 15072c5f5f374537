/** Jobs to be given to the families of models that were made for them; more than one may be right. */
import {signal} from "@preact/signals";
import {html} from "htm/preact";
import {render} from "preact";
import {Kept} from "./kept.js";

const FAMILIES = ["encoder-only", "decoder-only", "encoder-decoder"];

export function sortJobs(element, {t, lesson}) {
  const list = element.querySelector("ol.jobs"), chosen = signal({}), checked = signal(null); // the jobs that were checked
  const jobs = Array.from(list.children, (item) => {
    const why = item.querySelector(".why"), rights = item.dataset.right.split(" ");
    why.remove();
    return {rights, why: [why], nodes: Array.from(item.childNodes)};
  });
  const of = (i) => FAMILIES.filter((family) => chosen.value[`${i}/${family}`]);
  const right = (i) => String(of(i)) === String(FAMILIES.filter((family) => jobs[i].rights.includes(family)));
  const toggle = (i, family) => { chosen.value = {...chosen.value, [`${i}/${family}`]: !chosen.value[`${i}/${family}`]}; };
  const check = () => {
    checked.value = jobs.map((_, i) => i).filter((i) => of(i).length > 0); // what is not answered yet is not given away
    lesson.done(element.getAttribute("name"));
  };
  const told = (i) => checked.value?.includes(i) ?? false;
  const Job = ({job, i}) => html`
    <li class=${told(i) ? (right(i) ? "is-right" : "is-other") : ""}>
      <fieldset>
        <legend><${Kept} nodes=${job.nodes} /></legend>
        ${FAMILIES.map((family) => html`
          <label class="family ${told(i) && job.rights.includes(family) ? "made-for-it" : ""}">
            <input type="checkbox" checked=${Boolean(chosen.value[`${i}/${family}`])} onChange=${() => toggle(i, family)} />${familyName(t, family)}</label>`)}
      </fieldset>
      ${told(i) && html`<p class="verdict"><b>${right(i) ? t("Yes.") : t("Made for it: {families}.", {families: job.rights.map((family) => familyName(t, family)).join(t(", "))})}</b></p><${Kept} nodes=${job.why} />`}
    </li>`;
  const counted = (done) => {
    const score = t("{count} of {all} as they were made.", {count: done.filter(right).length, all: jobs.length});
    return done.length === jobs.length ? score : `${score} ${t("Still open: {count}.", {count: jobs.length - done.length})}`;
  };
  const Jobs = () => html`
    <ol class="jobs">${jobs.map((job, i) => html`<${Job} key=${i} ...${{job, i}} />`)}</ol>
    <p class="actions"><button type="button" class="primary" onClick=${check}>${t("Check")}</button>
      <span role="status">${checked.value && counted(checked.value)}</span></p>`;
  element.replaceChildren();
  element.classList.add("is-live");
  render(html`<${Jobs} />`, element);
}

const familyName = (t, family) => ({"encoder-only": t("encoder-only"), "decoder-only": t("decoder-only"), "encoder-decoder": t("encoder-decoder")}[family]);
