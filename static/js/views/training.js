/** The training of a model: how its heads came up, and the checkpoints whose weights the page can be shown with. */
import {html} from "htm/preact";
import {useRef} from "preact/hooks";
import {followed, momentAt, scoreAt} from "../births.js";
import {count} from "../format.js";
import {headName} from "../names.js";
import {BirthCurve} from "./birth_curve.js";
import {SaveMenu} from "./save_menu.js";

/** @param {any} props births: undefined while it is on its way, {problem} where it could not be had; step: of the chosen checkpoint */
export function Training(props) {
  const {t, births, step, checkpoints, trace, shown, target, unfolded, saved, on, name = t("Training")} = props;
  const measured = births && !births.problem;
  const strong = measured ? followed(births, {site: shown.site.name, head: shown.head})
    .map((one) => ({...one, layer: trace.site(one.site).layer})) : [];
  const kind = births?.kind ?? (trace.model.kind === "decoder" ? "induction" : "alignment");
  const title = {
    induction: t("How induction heads came up in training"), alignment: t("How alignment heads came up in training"),
  }[kind];
  return html`
    <section class="training ${unfolded ? "unfolded" : ""}" aria-label=${name}>
      <div class="about">
        <h2><button type="button" aria-expanded=${unfolded} onClick=${on.unfold}>${title}</button></h2>
        ${unfolded && html`<p class="meaning">${meaning(t, kind)}
          <span class="fades"> ${t("Colours fade between checkpoints, numbers do not.")}</span>
          ${trace.model.kind === "encoder-decoder" && !target && ` ${t("All checkpoints read the target that the finished model wrote.")}`}</p>`}
      </div>
      ${unfolded && (measured ? html`
        <${BirthCurve} ...${{t, births, strong, checkpoints, step}} onPick=${on.checkpoint} />
        <${Lines} ...${{t, births, strong, step, on}} />
        <${SaveMenu} t=${t} kinds=${["png", "svg", "csv"]} saved=${saved} onSave=${(kind) => on.saveBirths(kind, {births, strong, step, title})} />`
        : html`<p class="birth-curve note">${births?.problem ?? t("Loading…")}
          ${births && html` <button type="button" class="quiet" onClick=${on.births}>${t("Try again")}</button>`}</p>`)}
      <${Checkpoints} ...${props} measured=${measured} leader=${strong[0]} />
    </section>`;
}

function meaning(t, kind) {
  return kind === "induction"
    ? t("An induction head looks at what followed the same token last time. The curve is the mean weight that a head puts there, on 20 random tokens shown twice.")
    : t("Before a word is written, an alignment head looks at the source word that it translates. The curve is the mean weight that a head puts there, on pairs held out of the training.");
}

/** The strong lines by name, with their numbers at the chosen checkpoint. */
function Lines({t, births, strong, step, on}) {
  const now = momentAt(births, step);
  return html`
    <ul class="lines">
      <li><small>${t("mean weight at step {step}", {step: count(step)})}</small></li>
      ${strong.map((one) => html`
        <li><i class="${one.leads ? "leads" : ""} ${one.chosen ? "chosen" : ""}"></i>
          <span>${headName(t, {layer: one.layer}, one.head)} <small>${one.leads ? t("highest") : t("chosen")}</small></span>
          ${one.leads && html`<button type="button" class="quiet" aria-label=${t("Show this head")} disabled=${one.chosen}
            onClick=${() => on.head(one.site, one.head)}>${one.chosen ? t("shown") : t("show")}</button>`}
          <b>${now && scoreAt(births, now, one).toFixed(2)}</b></li>`)}
      <li><i class="chance"></i><span>${t("chance")}</span><b>${births.chance.toFixed(2)}</b></li>
    </ul>`;
}

function Checkpoints({t, births, measured, leader, step, checkpoints, stale, playing, on}) {
  const sliding = useRef(false);
  const at = checkpoints.indexOf(step), last = checkpoints.at(-1);
  const slide = (event) => {
    on.checkpoint(checkpoints[event.target.valueAsNumber], !sliding.current);
    sliding.current = true;
  };
  const now = measured && momentAt(births, step);
  const values = {step: count(step), last: count(last), ...(now && {tokens: count(now.tokens), score: scoreAt(births, now, leader).toFixed(2)})};
  return html`
    <div class="checkpoints">
      <fieldset disabled=${stale}>
        <button type="button" class="play" onClick=${on.play}>${playing ? t("Pause") : t("Play")}</button>
        <button type="button" class="step" aria-label=${t("Earlier checkpoint")} disabled=${at === 0}
          onClick=${() => on.checkpoint(checkpoints[at - 1])}>‹</button>
        <input type="range" min="0" max=${checkpoints.length - 1} step="1" value=${at} aria-label=${t("Checkpoint of the training")}
          aria-valuetext=${now ? t("step {step}, {tokens} tokens read, score {score}", values) : t("step {step}", values)}
          onInput=${slide} onChange=${() => { sliding.current = false; }} />
        <button type="button" class="step" aria-label=${t("Later checkpoint")} disabled=${at === checkpoints.length - 1}
          onClick=${() => on.checkpoint(checkpoints[at + 1])}>›</button>
      </fieldset>
      <p class="reading" aria-live=${playing ? "off" : "polite"}>
        ${step === last ? t("finished model, step {step}", values) : t("step {step} of {last}", values)}
        ${now && html`<small>${t("{tokens} tokens read", values)}</small>`}</p>
    </div>`;
}
