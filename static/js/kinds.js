/**
 * What kind of head each is on this sentence. The scores are the server's (model/heads.py); where a kind would look, to be
 * marked in the picture, is said here by the same rules.
 */

const NAMED_FROM = 1 / 3; // of the way from chance to 1: from here on a head is named after a kind
const BROAD_FROM = 0.65;

/** kind -> the keys, in order, that a head of this kind would look at from a query, if the mask lets it see them */
const LOOKS = {
  previous: () => (query) => [query - 1],
  next: () => (query) => [query + 1],
  same: () => (query) => [query],
  first: () => (query) => (query > 0 ? [0] : []),
  duplicate: (given) => behind(given, 0),
  induction: (given) => behind(given, 1),
  separator: ({keys}) => ((all) => () => all)(keys.flatMap((key, at) => (at > 0 && separates(key) ? [at] : []))),
  alignment: ({links}) => ((all) => (query) => all.get(query) ?? [])(grouped(links)),
};

/** So many keys behind each earlier occurrence of the query's own token. */
function behind({queries, keys}, step) {
  const places = grouped(keys.map(({id}, at) => [id, at + step]));
  return (query) => {
    const all = places.get(queries[query].id) ?? [], beyond = all.findIndex((key) => key >= query);
    return beyond < 0 ? all : all.slice(0, beyond);
  };
}

/** @param {[number, number][]} pairs -> the first of each -> every second, in order, each once */
function grouped(pairs) {
  const found = new Map();
  for (const [first, second] of pairs) {
    if (!found.has(first)) found.set(first, new Set());
    found.get(first).add(second);
  }
  return new Map(Array.from(found, ([first, seconds]) => [first, [...seconds].sort((a, b) => a - b)]));
}

const separates = ({start, text}) => start === null || !/[\p{L}\p{N}]/u.test(text);

/** The cells in which a head of this kind would look; none for a kind that this sentence cannot tell. */
export const evidence = (trace, site, head, kind) => (tells(trace, site, head, kind) ? sought(trace, site, head, kind) : []);

/** Whether a kind is told by where it looks, and this sentence can tell it. */
export const tells = (trace, site, head, kind) => Boolean(LOOKS[kind] && score(trace, site, head, kind));

/** The cells in which a head of a kind that is told by where it looks would look, query after query. */
export function sought(trace, site, head, kind) {
  const {cells, go} = seeking(trace, site, head, kind);
  go(Infinity);
  return cells;
}

/** The same, of which a long text has millions, found bit by bit. -> {cells: so far, go: goes on until then -> whether some are left} */
export function seeking(trace, site, head, kind) {
  const queries = trace.along(site, "query"), keys = trace.along(site, "key"), looks = LOOKS[kind]({queries, keys, links: trace.links});
  const {visible} = trace.head(site, head), cells = [];
  let query = 0;
  const go = (until, clock = () => performance.now()) => {
    for (; query < queries.length; query++) {
      if (clock() >= until) return true;
      for (const key of looks(query)) if (key >= 0 && key < keys.length && visible(query, key)) cells.push({query, key});
    }
    return false;
  };
  return {cells, go};
}

/** In the order of the server's table, which is that of the page's list of kinds. */
export const ORDER = ["previous", "next", "same", "first", "duplicate", "induction", "separator", "alignment", "broad"];
const indexOf = (kind) => ORDER.indexOf(kind);

/** {score, chance, lift} of a head for the i-th kind; null where this sentence cannot tell. */
function scoreOf(trace, site, head, i) {
  const scores = trace.tensors[`${site.name}.head_scores`], chances = trace.tensors[`${site.name}.head_chance`];
  if (!scores || i < 0) return null;
  const score = scores.data[head * ORDER.length + i], chance = chances.data[head * ORDER.length + i];
  if (Number.isNaN(score)) return null;
  return {score, chance, lift: chance < 1 ? (score - chance) / (1 - chance) : 0};
}

/** Of how many attentions the kinds are known: of a long run they come one after the other. */
export const known = (trace) => trace.sites.filter(({name}) => `${name}.head_scores` in (trace.tensors ?? {})).length;

export const score = (trace, site, head, kind) => scoreOf(trace, site, head, indexOf(kind));

/** Whether a head is one of this kind: well above chance, or spread nearly evenly. */
export function isOf(trace, site, head, kind) {
  const found = score(trace, site, head, kind);
  return found !== null && (kind === "broad" ? found.score >= BROAD_FROM : found.lift >= NAMED_FROM);
}

/** Every kind that this sentence can tell, what the head is most of first. -> [{kind, score, chance, lift}] */
export function told(trace, site, head) {
  return ORDER.map((kind) => ({kind, ...score(trace, site, head, kind)})).filter(({lift}) => lift !== undefined)
    .sort((a, b) => b.lift - a.lift);
}

/** The kind a head is named after; "" for none. A broad head is one that is of no other kind. */
export function nameOf(trace, site, head) {
  const [most] = told(trace, site, head);
  if (most && most.lift >= NAMED_FROM) return most.kind;
  return isOf(trace, site, head, "broad") ? "broad" : "";
}
