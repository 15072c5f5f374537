/** Every head of every block as a small canvas. Arrow keys walk the grid; the chosen head is the one that is drawn. */
import {html} from "htm/preact";
import {useLayoutEffect, useMemo, useRef, useState} from "preact/hooks";
import {SIGNS, actsOf} from "../edit_words.js";
import {editsOf, kindOf} from "../edits.js";
import {number} from "../format.js";
import {finds, groupsOf} from "../grid.js";
import {isOf, known, nameOf, score} from "../kinds.js";
import {headName, maskName, siteMeaning, siteName} from "../names.js";
import {LARGEST} from "../patches.js";
import {FIRST} from "../sink.js";
import {useHeadKeys} from "./head_keys.js";
import {KindFilter} from "./kind_filter.js";
import {Thumbnail} from "./thumbnail.js";

const CAPTIONED = 6; // heads in a row: of more, the pictures are too narrow for words; their numbers stand above the columns

/** @param {any} props here: of how many attentions the kinds are known; changes: "site/head" -> how much its pattern changed, told in place of its kind; null: its kind is told */
export function HeadGrid({t, lang, trace, site, head, theme, sink, kinds, kind, sort, changes = null, here = known(trace), onPick, onKind, onSort, onPainted, name = t("Heads")}) {
  const root = useRef(null);
  const [search, setSearch] = useState("");
  useLayoutEffect(() => { onPainted(); }, [trace, theme]);
  const from = sink === "hidden" ? FIRST + 1 : 0;
  const keys = useHeadKeys(root, {site, head, onPick});
  const groups = useMemo(() => groupsOf(trace, {kind, sort,
    wanted: (at, i) => finds(search, trace, at, i, kinds, headName(t, at, i))}), [trace, kind, sort, search, t, here]);
  const shown = groups.flatMap((group) => group.rows).flat();
  const chosen = shown.some((one) => one.site.name === site.name && one.head === head) ? {site, head} : shown[0];
  const pooled = Math.max(...Object.values(trace.tokens).map((tokens) => tokens.length)) > LARGEST;
  const many = Math.max(...trace.sites.map((at) => at.n_heads)) > CAPTIONED;
  const cell = (one) => html`<${Cell} key=${`${one.site.name}/${one.head}`} ...${{t, lang, trace, theme, from, kinds, kind, here, changes, sorted: sort === "score", ...one, onPick}}
    selected=${one.site.name === site.name && one.head === head} reached=${one.site === chosen?.site && one.head === chosen?.head} />`;
  return html`
    <section class="head-grid ${many ? "many" : ""}" ref=${root} aria-label=${name}>
      <h2>${t("Heads")}</h2>
      <p class="meaning">${t("Each picture is one head: a row for every token that looks, a column for every token looked at, a strong colour where it looks most.")}</p>
      <${KindFilter} ...${{t, lang, trace, kinds, kind, sort, search, here, onKind, onSort}} onSearch=${setSearch} />
      <div onKeyDown=${keys(groups)}>
        ${groups.map((group) => html`
          <div class="group">
            ${group.site ? html`
              <h3>${siteName(t, group.site)} <small>${maskName(t, group.site.mask)}</small></h3>
              <p class="meaning">${siteMeaning(t, group.site, Object.keys(trace.tokens).length === 1)}</p>` : html`<h3>${t("The highest score first")}</h3>`}
            <div role="grid" class="grid" aria-label=${group.site ? siteName(t, group.site) : t("The highest score first")}
              style=${{"--heads": Math.max(...group.rows.map((row) => row[0].site.n_heads))}}>
              ${many && whole(group) && html`<${Columns} t=${t} count=${group.site.n_heads} />`}
              ${group.rows.map((row) => html`
                <div role="row" class="row ${group.site ? "" : "sorted"}">
                  ${group.site && html`<span role="rowheader" class="block" title=${row[0].site.name}
                    aria-label=${t("block {block}", {block: row[0].site.layer})}>${many ? row[0].site.layer : t("block {block}", {block: row[0].site.layer})}</span>`}
                  ${row.map(cell)}
                </div>`)}
            </div>
          </div>`)}
      </div>
      ${!shown.length && html`
        <p class="note">${search ? t("No head is found by these words.") : t("On this sentence no head can be told to be of this kind.")}
          <button type="button" class="quiet" onClick=${() => { setSearch(""); onKind(""); }}>${t("Show all heads")}</button></p>`}
      ${pooled && html`<p class="note">${t("Each pixel shows the largest weight of its patch.")}</p>`}
      ${from > 0 && html`<p class="note">${pooled && `${site.name}.thumbnails` in (trace.tensors ?? {})
        ? t("The first position is left out of these pictures, and with it the patches that it shares with others; their column is hatched.")
        : t("The first position is left out of these pictures; its column is hatched.")}</p>`}
    </section>`;
}

/** Whether every head of every row is there, so that a column is one head. */
const whole = ({site, rows}) => site && rows.every((row) => row.length === site.n_heads);

const Columns = ({t, count}) => html`
  <div role="row" class="row columns"><span role="columnheader" class="block" aria-label=${t("block")}></span>
    ${Array.from({length: count}, (_, head) => html`<span role="columnheader">${head}</span>`)}</div>`;

function Cell({t, lang, trace, theme, from, kinds, kind, changes, sorted, site, head, selected, reached, onPick}) {
  const named = nameOf(trace, site, head), found = kind && score(trace, site, head, kind);
  const title = (name) => kinds.find((one) => one.name === name)?.title[lang] ?? "";
  const change = changes?.get(`${site.name}/${head}`), edits = editsOf(trace.request.edits ?? [], site, head);
  const caption = changes ? (change === undefined ? "" : `Δ ${number(change, 2)}`) : kind ? (found ? found.score.toFixed(2) : "") : title(named);
  const place = headName(t, site, head);
  return html`
    <button type="button" role="gridcell" class="head ${kind && !isOf(trace, site, head, kind) ? "other" : ""}"
      aria-selected=${selected} tabindex=${reached ? 0 : -1}
      aria-label=${[siteName(t, site), place, ...(edits.length ? [t("edited: {acts}", {acts: actsOf(t, edits)})] : [])].join(", ")} title=${[place, kind ? title(kind) : "", actsOf(t, edits), caption].filter(Boolean).join(" · ")}
      aria-description=${[kind ? title(kind) : "", caption].join(" ").trim()} onClick=${() => onPick(site.name, head)}>
      <${Thumbnail} trace=${trace} site=${site} head=${head} theme=${theme} from=${from} />
      ${edits.length > 0 && html`<b class="edit-mark" aria-hidden="true">${edits.map((edit) => SIGNS[kindOf(edit)]).join("")}</b>`}
      ${change !== undefined && html`<i class="change-bar" style=${{"--weight": Math.min(1, change)}}></i>`}
      <small>${sorted ? `${site.layer}.${head}` : head}</small>
      ${site.n_heads <= CAPTIONED && html`<span class="caption">${caption}</span>`}
    </button>`;
}
