/** Which heads the grid shows, in which rows; and which one an arrow key leads to. */
import {nameOf, score} from "./kinds.js";

/**
 * Sites of one sort together (encoder, decoder, cross-attention), a row for each; sorted by a kind's score, one list
 * in rows of the same length. Heads that are sifted out are left out of their row.
 * @param {{kind: string, sort: string, wanted: (site: any, head: number) => boolean}} options
 * @returns {{site: any, rows: {site: any, head: number}[][]}[]} site: of the group, null for the sorted list
 */
export function groupsOf(trace, {kind, sort, wanted}) {
  const rows = trace.sites.map((site) => Array.from({length: site.n_heads}, (_, head) => ({site, head})));
  if (kind && sort === "score") {
    const value = ({site, head}) => score(trace, site, head, kind)?.score ?? -1;
    const heads = rows.flat().filter((one) => value(one) >= 0 && wanted(one.site, one.head)).sort((a, b) => value(b) - value(a));
    return heads.length ? [{site: null, rows: chunks(heads, trace.sites[0].n_heads)}] : [];
  }
  const groups = new Map();
  for (const row of rows) {
    const part = row[0].site.name.replace(/\.\d+\./, "."), kept = row.filter(({site, head}) => wanted(site, head));
    if (!groups.has(part)) groups.set(part, {site: row[0].site, rows: []});
    if (kept.length) groups.get(part).rows.push(kept);
  }
  return [...groups.values()].filter((group) => group.rows.length);
}

const chunks = (list, size) => Array.from({length: Math.ceil(list.length / size)}, (_, i) => list.slice(i * size, (i + 1) * size));

/** Whether a search finds a head: by the name of its kind in any language, or by its place ("1.2", "block 1"). */
export function finds(search, trace, site, head, kinds, place) {
  const words = search.trim().toLowerCase();
  if (!words) return true;
  const kind = kinds.find(({name}) => name === nameOf(trace, site, head));
  const told = [`${site.layer}.${head}`, place, site.name, ...(kind ? [kind.name, ...Object.values(kind.title)] : [])];
  return told.some((text) => text.toLowerCase().includes(words));
}

/** The head that an arrow key, Home or End leads to, through the groups from top to bottom; null for another key. */
export function neighbour(groups, site, head, key) {
  const rows = groups.flatMap((group) => group.rows);
  const row = rows.findIndex((heads) => heads.some((one) => one.site.name === site.name && one.head === head));
  const step = {ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1]}[key];
  if (!rows.length || !(step || key === "Home" || key === "End")) return null;
  if (row < 0) return rows[0][0];
  if (key === "Home") return rows[row][0];
  if (key === "End") return rows[row].at(-1);
  const next = rows[clamp(row + step[0], rows.length)];
  const column = rows[row].findIndex((one) => one.site.name === site.name && one.head === head);
  return next[clamp(column + step[1], next.length)];
}

const clamp = (x, count) => Math.min(count - 1, Math.max(0, x));
