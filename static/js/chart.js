/** Where numbers stand on an axis of a chart, and where its ticks are. */

const STEPS = [1, 2, 5];
const ROUND = 1e-9;

/**
 * @param {{from: number, to: number, log?: boolean}} given from below to; above 0 where the axis is logarithmic
 * @returns {{share: (x: number) => number, back: (share: number) => number, ticks: number[]}} share: 0 at `from`, 1 at `to`; back: the other way
 */
export function axis({from, to, log = false}) {
  const [low, high] = log ? [Math.log10(from), Math.log10(to)] : [from, to];
  return {
    share: (x) => ((log ? Math.log10(x) : x) - low) / (high - low),
    back: (share) => { const x = low + share * (high - low); return log ? 10 ** x : x; },
    ticks: log ? powers(from, to) : evenly(from, to),
  };
}

/** Round numbers, five or so. */
function evenly(from, to) {
  const rough = (to - from) / 5, power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([...STEPS, 10].find((times) => times * power >= rough * (1 - ROUND)));
  const first = Math.ceil(from / step - ROUND), last = Math.floor(to / step + ROUND);
  return Array.from({length: last - first + 1}, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** Powers of ten, with 2 and 5 times them between where there are few, and only some of them where there are many. */
function powers(from, to) {
  const first = Math.floor(Math.log10(from)), last = Math.ceil(Math.log10(to)), decades = Math.log10(to / from);
  const factors = decades < 2.5 ? STEPS : [1], every = Math.max(1, Math.ceil(decades / 7));
  const all = [];
  for (let power = first; power <= last; power++) {
    if (power % every === 0) all.push(...factors.map((times) => Number(`${times}e${power}`)));
  }
  return all.filter((x) => x >= from * (1 - ROUND) && x <= to * (1 + ROUND));
}

/** The smallest and the largest, a little room around them; `least` is the smallest that a logarithm can show. */
export function span(values, {log = false, zero = false, least = 0} = {}) {
  const shown = values.filter((x) => Number.isFinite(x) && (!log || x > least));
  if (!shown.length) return log ? {from: 0.1, to: 1} : {from: 0, to: 1};
  const from = Math.min(...shown), to = Math.max(...shown);
  if (log) return from === to ? {from: from / 2, to: to * 2} : {from: from / 1.15, to: to * 1.15};
  const room = (to - from || Math.abs(to) || 1) * 0.05;
  return {from: zero ? 0 : from - room, to: to + room};
}
