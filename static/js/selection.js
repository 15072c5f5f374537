/** Which head and which cell are chosen, made to fit the trace at hand. */

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
