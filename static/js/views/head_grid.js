/** Every head of every block as a small canvas. Arrow keys walk the grid; the chosen head is the one that is drawn. */
import {html} from "htm/preact";
import {useEffect, useLayoutEffect, useRef} from "preact/hooks";
import {weightColour} from "../colour.js";
import {headName, maskName, siteMeaning, siteName} from "../names.js";
import {FIRST} from "../sink.js";

const LARGEST = 64; // pixels a side of a thumbnail; a longer pattern shows the largest weight of each patch

export function HeadGrid({t, trace, site, head, theme, sink, onPick, onPainted}) {
  const root = useRef(null);
  const moved = useRef(false);
  useLayoutEffect(() => { onPainted(); }, [trace, theme]);
  const from = sink === "hidden" ? FIRST + 1 : 0;
  useEffect(() => {
    if (!moved.current) return;
    moved.current = false;
    root.current?.querySelector('[aria-selected="true"]')?.focus();
  }, [site.name, head]);
  const onKeyDown = (event) => {
    const next = neighbour(trace.sites, site, head, event.key);
    if (!next) return;
    event.preventDefault();
    moved.current = true;
    onPick(next.site.name, next.head);
  };
  const pooled = Math.max(...Object.values(trace.tokens).map((tokens) => tokens.length)) > LARGEST;
  return html`
    <section class="head-grid" ref=${root} aria-label=${t("Heads")} onKeyDown=${onKeyDown}>
      <h2>${t("Heads")}</h2>
      <p class="meaning">${t("Each picture is one head: a row for every token that looks, a column for every token looked at, a strong colour where it looks most.")}</p>
      ${groups(trace.sites).map((sites) => html`
        <div class="group">
          <h3>${siteName(t, sites[0])} <small>${maskName(t, sites[0].mask)}</small></h3>
          <p class="meaning">${siteMeaning(t, sites[0])}</p>
          <div role="grid" aria-label=${siteName(t, sites[0])} class="grid" style=${{"--heads": sites[0].n_heads}}>
            ${sites.map((row) => html`
              <div role="row" class="row">
                <span role="rowheader" class="block" title=${row.name}>${t("block {block}", {block: row.layer})}</span>
                ${Array.from({length: row.n_heads}, (_, i) => {
                  const chosen = row.name === site.name && i === head;
                  return html`
                    <button type="button" role="gridcell" class="head" aria-selected=${chosen}
                      tabindex=${chosen ? 0 : -1} aria-label=${`${siteName(t, row)}, ${headName(t, row, i)}`}
                      title=${headName(t, row, i)} onClick=${() => onPick(row.name, i)}>
                      <${Thumbnail} trace=${trace} site=${row} head=${i} theme=${theme} from=${from} />
                      <small>${i}</small>
                    </button>`;
                })}
              </div>`)}
          </div>
        </div>`)}
      ${pooled && html`<p class="note">${t("Each pixel shows the largest weight of its patch.")}</p>`}
      ${from > 0 && html`<p class="note">${t("The first position is left out of these pictures; its column is hatched.")}</p>`}
    </section>`;
}

function Thumbnail({trace, site, head, theme, from}) {
  const canvas = useRef(null);
  useLayoutEffect(() => paint(canvas.current, trace, site, head, theme, from), [trace, site, head, theme, from]);
  return html`<canvas ref=${canvas} aria-hidden="true"></canvas>`;
}

/** from: the first key that is drawn */
function paint(canvas, trace, site, head, theme, from) {
  const {nQuery, nKey, visible} = trace.head(site, head), pattern = trace.pattern(site, head);
  const width = Math.min(LARGEST, nKey), height = Math.min(LARGEST, nQuery);
  const largest = new Float32Array(width * height).fill(-1); // -1: nothing visible in this patch
  for (let query = 0; query < nQuery; query++) {
    const row = Math.floor(query * height / nQuery) * width;
    for (let key = from; key < nKey; key++) {
      if (!visible(query, key)) continue;
      const at = row + Math.floor(key * width / nKey);
      largest[at] = Math.max(largest[at], pattern[query * nKey + key]);
    }
  }
  Object.assign(canvas, {width, height});
  const context = canvas.getContext("2d"), image = context.createImageData(width, height);
  largest.forEach((weight, i) => {
    if (weight >= 0) image.data.set([...weightColour(weight, theme).map(Math.round), 255], 4 * i);
  });
  context.putImageData(image, 0, 0);
}

/** Sites of one sort together: encoder, decoder, cross-attention. */
function groups(sites) {
  const found = new Map();
  for (const site of sites) {
    const sort = site.name.replace(/\.\d+\./, ".");
    found.set(sort, [...(found.get(sort) ?? []), site]);
  }
  return [...found.values()];
}

/** The head that an arrow key leads to, through the groups from top to bottom. */
export function neighbour(sites, site, head, key) {
  const rows = groups(sites).flat(), row = rows.findIndex((s) => s.name === site.name);
  const step = {ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1]}[key];
  if (key === "Home") return {site, head: 0};
  if (key === "End") return {site, head: site.n_heads - 1};
  if (!step) return null;
  const next = rows[Math.min(rows.length - 1, Math.max(0, row + step[0]))];
  return {site: next, head: Math.min(next.n_heads - 1, Math.max(0, head + step[1]))};
}
