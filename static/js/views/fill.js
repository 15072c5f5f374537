/** Filling in: the heads and the chosen one, and beside them what an encoder says stands at the hidden places, and who reads what around them. */
import {html} from "htm/preact";
import {useEffect, useRef} from "preact/hooks";
import {hiddenAt, nearest, withToken} from "../hidden.js";
import {spelt, wordAt} from "../whole_words.js";
import {hiding} from "../vocabulary.js";
import {ChosenWord} from "./chosen_word.js";
import {Fillings} from "./fillings.js";
import {HeadFigure} from "./head_figure.js";
import {known} from "../kinds.js";
import {Heads} from "./look.js";
import {Readers} from "./readers.js";

/** @param {any} props editing, filling: as editing.js and filling.js tell them; vocabulary: undefined while it is not here */
export function Fill(props) {
  const {t, lang, page: {kinds}, trace, shown: {site, head, query}, cell, off, weights, view, lines, shows, kind, sort, theme, digits, plotly, saved, rows, walking,
    bounded, present, editing, filling, vocabulary, on} = props;
  const {edits, before} = editing, tokens = trace.tokens.source, plain = edits.length ? before?.tokens.source ?? null : tokens; // plain: null while it is not known
  const hidden = hiddenAt(tokens), at = hidden.includes(query) ? query : nearest(hidden, query), word = wordAt(plain ?? tokens, query);
  const mask = vocabulary?.texts ? hiding(vocabulary) : undefined, chosen = useRef(null);
  useEffect(() => { on.vocabulary(); }, [trace.model.id]);
  const put = (positions, token) => on.edit.apply(withToken(edits, positions, token));
  const fillWith = (position, token) => {
    chosen.current.focus({preventScroll: true}); // what was pressed goes
    on.query(position);
    put([position], token);
  };
  const hide = {words: tokens[query].start === null ? "" : spelt(word.map((i) => tokens[i])), able: typeof mask === "number", go: () => put(word, mask)};
  return html`
    <div class="panes writing filling">
      <${Heads} ...${{t, lang, trace, site, head, theme, kinds, kind, sort, on}} sink=${shows.sink} here=${known(trace)} />
      <${HeadFigure} ...${{t, lang, plotly, trace, site, head, view, lines, shows, digits, kinds, kind, theme, cell, off, weights, saved, rows, walking,
        bounded, present, on}} />
      <aside class="write fill">
        <${ChosenWord} ...${{t, tokens, plain, word, vocabulary, mask, put}} section=${chosen} position=${query} edited=${edits.some((edit) => edit.swap === query)}
          onLoad=${on.vocabulary} />
        ${hidden.length === 0 ? html`<${Nothing} ...${{t, hide}} without=${editing.without} />` : html`
          <${Fillings} ...${{t, trace, plain, hidden, at, filling}} onChoose=${on.query} onPut=${fillWith} on=${on.fill} />
          <${Readers} ...${{t, trace, at, site, head, on}} arrived=${filling.arrived} column=${shows.reads} />`}
      </aside>
    </div>`;
}

/** No token is hidden yet. */
function Nothing({t, hide, without}) {
  if (without) return html`<p class="note">${t("This is the run without the edits: nothing is hidden in it.")}</p>`;
  return html`
    <section class="invitation">
      <p>${t("Nothing is hidden yet. Hide a word, and the model says what could stand there: it reads both sides of the gap.")}</p>
      ${hide.words && html`<p class="buttons"><button type="button" class="primary" disabled=${!hide.able} onClick=${hide.go}>${t("Hide “{word}”", {word: hide.words})}</button></p>`}
    </section>`;
}
