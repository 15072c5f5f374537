/** The RNN, the LSTM and the Transformer side by side, as the server tells of them: what is drawn of it. */

export const MODELS = ["rnn", "lstm", "transformer"];
export const MODEL_NAMES = {rnn: "RNN", lstm: "LSTM", transformer: "Transformer"};

/** @param {any[]} models as GET /api/beside has them @param {"step"|"tokens"} by @returns {{id: string, points: [number, number][]}[]} a line a model, from the first moment at which something was read */
export const lossLines = (models, by) => models.map(({name, curve}) => ({
  id: name, points: curve.filter((moment) => moment.step > 0).map((moment) => [moment[by], moment.valid]),
}));

/** The moment of a curve that lies nearest. */
export const nearestMoment = (curve, by, x) => curve.reduce((best, one) => (Math.abs(one[by] - x) < Math.abs(best[by] - x) ? one : best));

/** What a swap does, by distance: the mean over the tokens that were put in. */
export const farLines = (models) => MODELS.map((id) => ({id, points: models[id].curve.map(({distance, mean}) => [distance, mean])}));

/** The states of one layer until this step, a row a step. @param {number[][][]} handed [layer][position][d_hidden] */
export function statesUntil(handed, layer, step) {
  const rows = handed[layer].slice(0, step + 1);
  return {rows: rows.length, columns: rows[0].length, data: Float32Array.from(rows.flat())};
}

/** The largest size of any state of this layer: what the strongest colour stands for. */
export const largestOf = (handed, layer) => handed[layer].flat().reduce((most, x) => Math.max(most, Math.abs(x)), 1e-9);

/** How far the state moved in this step, as a share of its length; null at the first. */
export function movedBy(handed, layer, step) {
  if (step === 0) return null;
  const [before, now] = [handed[layer][step - 1], handed[layer][step]];
  const length = Math.hypot(...before);
  return length ? Math.hypot(...now.map((x, i) => x - before[i])) / length : null;
}

export const WAYS = ["at once", "step by step"];

/** What has been measured until now, by model and way. @param {{model: string, way: string, seconds: number}[]} laps @returns {{model: string, way: string, laps: number, median: number|null}[]} */
export const measured = (laps) => WAYS.flatMap((way) => MODELS.map((model) => {
  const seconds = laps.filter((lap) => lap.model === model && lap.way === way).map((lap) => lap.seconds);
  return {model, way, laps: seconds.length, median: seconds.length ? median(seconds) : null};
}));

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b), half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}
