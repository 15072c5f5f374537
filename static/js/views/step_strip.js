/** The forward pass as a film strip: the parts of the model, the stages of the one that is shown, and play. */
import {html} from "htm/preact";
import {useLayoutEffect, useRef} from "preact/hooks";
import {beginningOf, parts} from "../stages.js";
import {partName, partShort, stageName, stageTitle, stackName} from "../stage_words.js";
import {useMore} from "./sideways.js";

/** @param {any} props stepping: its shown state; site: of the chosen head, whose block is unrolled while the player is closed */
export function StepStrip({t, stepping, site, on, name = t("Forward pass, step by step")}) {
  const {all, stage, playing, speed} = stepping;
  const film = useRef(null), moved = useRef(false), more = useMore(film);
  const current = stage ?? beginningOf(all, site.name), row = parts(all), here = row.findIndex(({id}) => id === current.part);
  const several = new Set(row.map(({stack}) => stack)).size > 1;
  useLayoutEffect(() => {
    const button = film.current.querySelector(stage ? "[aria-current]" : ".stage");
    const {offsetLeft, offsetWidth} = button, {clientWidth, scrollLeft} = film.current;
    if (offsetLeft < scrollLeft || offsetLeft + offsetWidth > scrollLeft + clientWidth) {
      film.current.scrollLeft = offsetLeft - (clientWidth - offsetWidth) / 2;
    }
    if (moved.current) button.focus();
    moved.current = false;
  }, [current.step]);
  const onKeyDown = (event) => {
    const to = event.target.matches("select") ? null : target(event.key, current.step, all, row, here);
    if (to === null) return;
    event.preventDefault();
    moved.current = to !== current.step && film.current.contains(event.target);
    on.go(to);
  };
  return html`
    <section class="step-strip ${stage ? "opened" : ""}" aria-label=${name} onKeyDown=${onKeyDown}>
      <div class="controls">
        <button type="button" class="toggle" aria-expanded=${stage !== null} onClick=${stage ? on.close : on.open}>${t("Step by step")}</button>
        <button type="button" class="play" onClick=${on.play}>${playing ? t("Pause") : t("Play")}</button>
        <button type="button" aria-label=${t("Previous stage")} disabled=${!stage || stage.step === 0} onClick=${() => on.go(current.step - 1)}>‹</button>
        <button type="button" aria-label=${t("Next stage")} disabled=${current.step === all.length - 1}
          onClick=${() => on.go(stage ? current.step + 1 : current.step)}>›</button>
        <select aria-label=${t("Speed")} value=${speed} onChange=${(e) => on.speed(e.target.value)}>
          <option value="slow">${t("slow")}</option><option value="normal">${t("normal")}</option><option value="fast">${t("fast")}</option>
        </select>
      </div>
      <div class="film" ref=${film} data-more=${more} role="toolbar" aria-label=${t("Stages. Arrow keys go through them.")}>
        ${row.map((part, i) => html`
          ${several && part.place === "input" && html`<span class="stack">${stackName(t, part.stack)}</span>`}
          <button type="button" class="part ${i === here ? "here" : ""}" tabindex="-1" title=${partName(t, part.id)} aria-label=${partName(t, part.id)}
            onClick=${() => on.go(part.stages[0].step)}>${several && part.block !== null ? part.block : partShort(t, part)}</button>
          ${i === here && part.stages.map((one) => html`
            <button type="button" key=${one.id} class="stage ${one.sublayer ?? ""} ${one.lacks?.length ? "absent" : ""}" title=${titled(t, one)} tabindex=${one.step === current.step ? 0 : -1}
              aria-current=${stage && one.step === stage.step ? "step" : undefined} onClick=${() => on.go(one.step)}>${stageName(t, one)}</button>`)}`)}
      </div>
    </section>`;
}

const titled = (t, stage) => `${stageTitle(t, stage)}${stage.lacks?.length ? ` · ${t("not in the file")}` : ""}`;

/** The step that a key leads to. */
export function target(key, step, all, row, here) {
  const last = all.length - 1, part = (i) => row[Math.min(row.length - 1, Math.max(0, i))].stages[0].step;
  const to = {ArrowRight: step + 1, ArrowLeft: step - 1, Home: 0, End: last, PageDown: part(here + 1), PageUp: part(here - 1)}[key];
  return to === undefined ? null : Math.min(last, Math.max(0, to));
}
