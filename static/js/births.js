/**
 * How a kind of head came up in training, as GET /api/models/{id}/births tells it: every head's score at many steps,
 * and where these stand in a drawing.
 */

const EARLY = 100; // steps: up to here the axis is nearly even, after that nearly logarithmic

/** A step's place along the axis, 0..1. */
export const across = (step, last) => Math.log1p(step / EARLY) / Math.log1p(last / EARLY);

/** The head that is highest at the end of the training. */
export function leading({sites, moments}) {
  const scores = moments.at(-1).scores.flat(), most = scores.indexOf(Math.max(...scores));
  const heads = scores.length / sites.length;
  return {site: sites[Math.floor(most / heads)], head: most % heads};
}

/** The heads that have a name in the drawing: the leading one, and the chosen one where it is among those measured. */
export function followed(births, chosen) {
  const leader = leading(births);
  if (same(leader, chosen)) return [{...leader, leads: true, chosen: true}];
  const measured = births.sites.includes(chosen.site);
  return [{...leader, leads: true, chosen: false}, ...(measured ? [{...chosen, leads: false, chosen: true}] : [])];
}

export const same = (one, other) => one.site === other.site && one.head === other.head;

export const momentAt = ({moments}, step) => moments.find((moment) => moment.step === step);

export const scoreAt = ({sites}, moment, {site, head}) => moment.scores[sites.indexOf(site)][head];

/** Every head that is measured, and its curve. -> [{site, head, points: [[x, y]]}], both 0..1 */
export function curves(births) {
  const last = births.moments.at(-1).step;
  return births.sites.flatMap((site, i) => births.moments[0].scores[i].map((_, head) => ({
    site, head, points: births.moments.map(({step, scores}) => [across(step, last), scores[i][head]]),
  })));
}

/** Every number of the curve, as exports.js writes a matrix: a row a step. */
export function tableOf({sites, moments}) {
  const heads = sites.flatMap((site, i) => moments[0].scores[i].map((_, head) => `${site} head ${head}`));
  return {name: "step", rows: moments.map(({step}) => String(step)), columns: ["tokens read", ...heads], row: (i) => [moments[i].tokens, ...moments[i].scores.flat()]};
}

/** The steps that are written along the axis: both ends, and round ones that have this much room around them. */
export function ticks(last, room = 0.14) {
  const powers = Array.from({length: Math.ceil(Math.log10(last + 1))}, (_, i) => 10 ** i);
  const shown = [0, last];
  for (const step of [...powers, ...powers.map((power) => 3 * power)]) {
    if (step < last && shown.every((other) => Math.abs(across(step, last) - across(other, last)) >= room)) shown.push(step);
  }
  return shown.sort((a, b) => a - b);
}

/** The checkpoint that stands nearest to a place on the axis. */
export function nearest(checkpoints, place) {
  const far = (step) => Math.abs(across(step, checkpoints.at(-1)) - place);
  return checkpoints.reduce((best, step) => (far(step) < far(best) ? step : best));
}
