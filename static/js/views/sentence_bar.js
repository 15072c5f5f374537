/** The sentence and what is done with it: text, model, mask, examples. */
import {html} from "htm/preact";
import {choosable, stateOf} from "../model_states.js";
import {aboutOf, isNamed, maskName, numbersOf, titleOf} from "../names.js";
import {BLANK} from "../painting.js";
import {useUnique} from "../unique.js";
import {Elapsed} from "./elapsed.js";
import {OpenFile} from "./opened_file.js";

/** Enter runs; Enter that ends a composition (a Chinese or Japanese input method) does not. */
const onEnter = (run) => (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
  event.preventDefault();
  run();
};

export function SentenceBar({t, lang, models, others = [], model, text, target, mask, refusal, reading, busy, examples, look, limit, on}) {
  const chosen = models.find((m) => m.id === model);
  const translates = chosen?.kind === "encoder-decoder";
  const refused = useUnique(); // the id of the sentence that says why
  const over = Array.from(text).length > limit;
  return html`
    <form class="sentence-bar" noValidate onSubmit=${(e) => { e.preventDefault(); busy || on.run(); }}>
      <div class="boxes">
        <label class="box">
          <span class="caption">${translates ? t("Source sentence") : t("Your sentence")}</span>
          <textarea rows="2" spellcheck="false" placeholder=${t("Paste a sentence")} value=${text} name="text"
            aria-describedby=${refused} aria-invalid=${Boolean(refusal)} autocomplete="off"
            onInput=${(e) => on.text(e.target.value)} onKeyDown=${onEnter(on.run)}></textarea>
        </label>
        ${translates && html`
          <label class="box">
            <span class="caption">${t("Target")}</span>
            <textarea rows="2" spellcheck="false" placeholder=${t("Left empty, the model writes it")} value=${target}
              name="target" autocomplete="off" onInput=${(e) => on.target(e.target.value)}
              onKeyDown=${onEnter(on.run)}></textarea>
          </label>`}
        <button class="primary" type="submit" aria-disabled=${busy}>${busy ? t("Running") : t("Run")}</button>
      </div>
      <p id=${refused} class="refusal" role="alert">
        ${refusal || (over && t("At most {limit} characters fit.", {limit}))}
      </p>
      ${busy && html`<${Elapsed} t=${t} />`}
      ${look && !refusal && html`
        <p class="look"><b>${t("To be seen here:")}</b> ${look[lang === "zh" ? "zh" : "en"]}
          <button type="button" class="quiet" onClick=${() => on.look(look)}>${t("show")}</button></p>`}
      <div class="choices">
        <fieldset class="models">
          <legend class="caption">${t("Model")}</legend>
          ${[...folded(models, chosen), ...others].map((m) => html`
            <label key=${m.id} class="choice" title=${stateOf(t, m) || aboutOf(t, m)}>
              <input type="radio" name="model" value=${m.id} checked=${m.id === model} disabled=${!choosable(m)}
                onChange=${() => on.model(m.id)} />
              <span>${m.editable && !chosen?.editable ? t("By hand") : titleOf(t, m)}</span>
            </label>`)}
        </fieldset>
        <${MaskPicker} t=${t} title=${translates ? t("Mask of the decoder") : t("Mask")} mask=${mask} model=${chosen} onMask=${on.mask} />
        <label class="examples">
          <span class="caption">${t("Examples")}</span>
          <select value="" onChange=${(e) => { on.example(examples[Number(e.target.value)]); e.target.value = ""; }}>
            <option value="" disabled selected>${t("Choose an example")}</option>
            ${examples.map((x, i) => html`<option value=${i} lang=${x.lang}>${x.text}</option>`)}
          </select>
        </label>
        <${OpenFile} t=${t} reading=${reading} onOpen=${on.open} />
      </div>
      ${chosen && html`<p class="meaning">${aboutOf(t, chosen)}${lang === "zh" ? "" : " "}${numbersOf(t, chosen)}${" "}
        ${!isNamed(chosen) && html`<a href=${`/models/${chosen.id}?lang=${lang}`}>${t("Model card")}</a>`}</p>`}
      <${NotThere} t=${t} models=${[...models, ...others].filter((m) => !choosable(m))} />
    </form>`;
}

/** Why these cannot be chosen now. */
function NotThere({t, models}) {
  return models.length > 0 && html`
    <ul class="not-there">${models.map((m) => html`<li key=${m.id}><b>${titleOf(t, m)}</b> ${stateOf(t, m)}</li>`)}</ul>`;
}

/** The models that were written by hand stand behind the first of them until one is chosen. */
function folded(models, chosen) {
  const first = models.find((m) => m.editable);
  return chosen?.editable ? models : models.filter((m) => !m.editable || m === first);
}

export function MaskPicker({t, title, mask, model, onMask}) {
  const [kind, count] = mask.split(":");
  const own = maskName(t, model?.mask ?? "causal"), native = typeof (model?.mask ?? "") === "string" ? own : t("{mask} in the first block", {mask: own}); // later blocks may have another
  const fixed = model?.captures === "pattern";
  return html`
    <div class="masks">
      <label>
        <span class="caption">${title}</span>
        <select value=${kind} onChange=${(e) => onMask(counted(e.target.value))}>
          <option value="native">${model?.editable ? t("as written ({mask})", {mask: native}) : t("as trained ({mask})", {mask: native})}</option>
          ${!fixed && html`<option value="bidirectional">${t("bidirectional")}</option>
          <option value="causal">${t("causal")}</option>
          <option value="prefix">${t("prefix")}</option>
          <option value="window">${t("window")}</option>
          <option value="painted">${t("painted by hand")}</option>`}
        </select>
      </label>
      ${count !== undefined && kind !== "painted" && html`
        <label>
          <span class="caption">${kind === "prefix" ? t("tokens seen by all") : t("tokens wide")}</span>
          <input type="number" min="0" max=${model?.n_ctx} value=${count}
            onChange=${(e) => /^\d+$/.test(e.target.value) && onMask(`${kind}:${Number(e.target.value)}`)} />
        </label>`}
    </div>`;
}

const counted = (kind) => ({prefix: "prefix:3", window: "window:4", painted: BLANK}[kind] ?? kind);
