/** Which head and which cell are chosen, made to fit the trace at hand. */
import {pageOf} from "./paging.js";

/**
 * What the state asks for where the trace has it; else the first head (of cross-attention where there is one), the last query
 * of a target, which predicts what comes next, or the middle one of a source, and the key it looks at most, the first
 * position aside.
 */
export function fitted(trace, {site, head, query, key}) {
  const at = siteOf(trace, site);
  const index = headAt(at, head);
  const one = trace.head(at, index);
  const row = within(query, one.nQuery) ?? (at.query === "source" ? Math.floor(one.nQuery / 2) : one.nQuery - 1);
  return {site: at, head: index, query: row, key: within(key, one.nKey) ?? mostSeen(trace.row(at, index, row))};
}

/** The attention of this name; else cross-attention where there is one, else the first. */
export const siteOf = (trace, name) => trace.site(name) ?? trace.sites.find((s) => s.query !== s.key) ?? trace.sites[0];

/** The head of this index where the attention has it, else the first. */
export const headAt = (site, head) => within(head, site.n_heads) ?? 0;

const within = (i, count) => (i !== null && i >= 0 && i < count ? i : null);

function mostSeen(weights) {
  const rest = weights.slice(1);
  return rest.length ? 1 + rest.indexOf(Math.max(...rest)) : 0;
}

/**
 * What is chosen where a page of keys is shown at a time: with another query, whose rows would be masked in all of that page, the key at its
 * own place, or the nearest to it that it may see.
 * @param {any} trace @param {{site: any, head: number, key: number}} shown what is chosen so far @param {{query?: number, key?: number}} cell
 */
export function inSight(trace, {site, head, key}, cell) {
  const {query} = cell, {nQuery, nKey, visible} = trace.head(site, head);
  if (query === undefined || cell.key !== undefined) return cell;
  const down = pageOf(nQuery, query), across = pageOf(nKey, key), own = Math.min(query, nKey - 1);
  for (let row = down.from; row < down.to; row++) for (let column = across.from; column < across.to; column++) if (visible(row, column)) return cell;
  for (let apart = 0; apart < nKey; apart++) {
    const nearest = [own - apart, own + apart].find((one) => one >= 0 && one < nKey && visible(query, one));
    if (nearest !== undefined) return {...cell, key: nearest};
  }
  return {...cell, key: own};
}
