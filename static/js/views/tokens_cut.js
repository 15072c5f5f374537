/** A text as a model's tokenizer cuts it: its pieces with their numbers in the vocabulary, and how many there are of what. */
import {html} from "htm/preact";
import {count} from "../format.js";
import {label, language} from "../labels.js";
import {useUnique} from "../unique.js";

const GRAPHEMES = new Intl.Segmenter(); // what a reader takes for one character
const BYTES = new TextEncoder();

/** @param {any} props tokens: as a trace has them, null before the first; told: why it was refused; examples: texts to try; busy: another text is being cut */
export function TokensCut({t, text, tokens, told, busy, examples, onText}) {
  const box = useUnique(), own = tokens?.filter(({start}) => start !== null) ?? [], added = (tokens?.length ?? 0) - own.length;
  return html`
    <div class="tokens-cut">
      <label class="caption" for=${box}>${t("Any text")}</label>
      <input id=${box} type="text" value=${text} maxlength="120" autocomplete="off" onInput=${(event) => onText(event.currentTarget.value)} />
      <p class="examples"><span class="caption">${t("Or try")}</span>${examples.map((one) => html`<button type="button" aria-pressed=${one === text} lang=${language(one)} onClick=${() => onText(one)}>${one}</button>`)}</p>
      ${told && html`<p class="refusal" role="alert">${told}</p>`}
      ${tokens && html`
        <ol class="cut ${busy || told ? "stale" : ""}" aria-label=${t("The tokens, with their numbers in the vocabulary")}>
          ${tokens.map((token) => html`<li class="${token.start === null ? "special" : ""} ${token.part ? "part" : ""}"><bdi lang=${language(token.text)}>${label(token)}</bdi><small>${token.id}</small></li>`)}
        </ol>
        <p class="told" role="status">${!told && counted(t, text, own.length, added)}</p>`}
    </div>`;
}

function counted(t, text, own, added) {
  const seen = {characters: Array.from(GRAPHEMES.segment(text)).length, points: Array.from(text).length, bytes: BYTES.encode(text).length};
  const facts = Object.fromEntries(Object.entries({...seen, tokens: own, added}).map(([name, n]) => [name, count(n)]));
  return t("Characters: {characters} · code points: {points} · bytes: {bytes} · tokens: {tokens}, and {added} that the tokenizer adds.", facts);
}
