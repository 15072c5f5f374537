/** Which heads matter for a prediction: each edited in turn by the server; what supports it most, then what holds it back. */
import {html} from "htm/preact";
import {useState} from "preact/hooks";
import {has, ofHead, toggled} from "../edits.js";
import {number, percent} from "../format.js";
import {label} from "../labels.js";
import {headName, siteName} from "../names.js";
import {listed} from "./both_predictions.js";
import {Choice} from "./choice.js";
import {Token} from "./token.js";

/**
 * @param {any} props position, token: whose prediction; predictions: the likeliest there; found: what came of the last question, or null;
 * edits: of the run
 */
export function Importance({t, trace, position, predictions, found, edits, chosen, on}) {
  const [asked, ask] = useState(null), [by, setBy] = useState("zero"), [measure, setMeasure] = useState("difference");
  const likeliest = predictions[0].id, token = predictions.some(({id}) => id === asked) ? asked : likeliest, running = found?.running ?? false;
  return html`
    <section class="importance" aria-label=${t("Which heads matter for this prediction")}>
      <h2>${t("Which heads matter for this prediction")}</h2>
      <p class="meaning">${t("Each head is edited by itself, and the probability of one token read again.")}</p>
      <div class="question">
        <label><span class="caption">${trace.model.kind === "encoder" ? t("What the model says stands at this place") : t("What the model says comes next")}</span>
          <select value=${token} onChange=${(event) => ask(Number(event.currentTarget.value))}>
            ${predictions.map(({id, text, probability}) => html`<option value=${id} selected=${id === token}>${text.trim() || JSON.stringify(text)} (${percent(probability)})</option>`)}
          </select></label>
        <${Choice} legend=${t("Each head")} value=${by} onChoose=${setBy} options=${[["zero", t("off")], ["mean", t("its mean")]]} />
        ${running ? html`<button type="button" class="primary" onClick=${on.importance.stop}>${t("Stop")}</button>`
          : html`<button type="button" class="primary" onClick=${() => on.importance.start({position, token, by})}>${t("Find out")}</button>`}
      </div>
      ${found && html`<${Found} ...${{t, trace, position, found, edits, chosen, measure, on}} onMeasure=${setMeasure} />`}
    </section>`;
}

function Found({t, trace, position, found, edits, chosen, measure, onMeasure, on}) {
  const {heads, total, token, probability, running, problem} = found, stale = found.trace !== trace;
  const ranked = [...heads].sort((a, b) => Math.abs(b[measure]) - Math.abs(a[measure])), largest = Math.max(...heads.map((one) => Math.abs(one[measure])), 1e-12);
  const show = (one) => `${one[measure] > 0 ? "+" : ""}${number(one[measure], 3)}`;
  const several = new Set(trace.sites.map((site) => siteName(t, site))).size > 1;
  return html`
    <div class=${stale ? "stale" : ""}>
      ${running && html`<div class="progress"><progress value=${heads.length} max=${total || 1} aria-label=${t("Heads done")}></progress>
        <span role="status">${t("{count} of {total} heads", {count: heads.length, total: total || "…"})}</span></div>`}
      ${problem && html`<p class="note warning" role="alert">${problem}</p>`}
      ${token && html`<p class="of-what">${t("Position {position}", {position: found.position})} · <${Token} token=${listed(token)} /> <b>${percent(probability)}</b>${" "}
        · ${found.by === "zero" ? t("each head off") : t("each head at its mean")}</p>`}
      ${stale ? html`<p class="note warning">${t("These are of an earlier run: ask anew for the one that is shown.")}</p>`
        : found.position !== position && html`<p class="note">${t("Another position is chosen now: ask anew for that one.")}</p>`}
      ${!running && token && heads.length < total && html`<p class="note">${t("Stopped after {count} of {total} heads.", {count: heads.length, total})}</p>`}
      ${heads.length > 0 && html`
        <${Choice} legend=${t("Change of")} value=${measure} onChoose=${onMeasure} options=${[["difference", t("probability")], ["log_difference", t("log probability")]]} />
        <p class="note">${t("To the left: without this head the token is less likely.")}</p>
        <ol class="ranked">${ranked.map((one) => {
          const site = trace.site(one.site), edit = ofHead(found.by, one.site, one.head);
          if (!site || stale) return html`<li><${Row} ...${{t, one, measure, largest, show}} name=${`${one.site} · ${one.head}`} /></li>`;
          const name = `${several ? `${siteName(t, site)}, ` : ""}${headName(t, site, one.head)}`, is = has(edits, edit);
          return html`
            <li class=${chosen.site.name === one.site && chosen.head === one.head ? "chosen" : ""}>
              <${Row} ...${{t, one, measure, largest, show, name}} />
              <span class="acts-of-row">
                <button type="button" class="quiet" aria-label=${t("Look at {head}", {head: name})} onClick=${() => on.head(one.site, one.head)}>${t("look")}</button>
                <button type="button" class="quiet" aria-pressed=${is} aria-label=${found.by === "zero" ? t("Switch {head} off", {head: name}) : t("Put the mean of {head}", {head: name})}
                  onClick=${() => on.edit.apply(toggled(edits, edit))}>${found.by === "zero" ? t("off") : t("mean")}</button>
              </span>
            </li>`;
        })}</ol>`}
    </div>`;
}

function Row({t, one, measure, largest, show, name}) {
  const share = one[measure] / largest, {top} = one;
  return html`
    <span class="who" title=${t("then likeliest: {token} {probability}", {token: label(listed(top)), probability: percent(top.probability)})}>${name}</span>
    <span class="signed" aria-hidden="true"><i class=${share < 0 ? "less" : "more"} style=${{"--share": Math.abs(share)}}></i></span>
    <span class="change" title=${String(one[measure])}>${show(one)}</span>`;
}
