/** What is asked of /api/gradients, one request for each line of a figure, and what came of it, as series to be drawn. */

export const D_HEADS = 9; // how many sizes of head are measured for saturation

/** The networks of the figure by depth, each named by where its norms are and whether sublayers add to what they read. */
export const VARIANTS = [
  {id: "pre", norm: "pre", residual: true}, {id: "post", norm: "post", residual: true}, {id: "residual", norm: "none", residual: true},
  {id: "norm", norm: "post", residual: false}, {id: "neither", norm: "none", residual: false},
];

export const keyOf = (body) => JSON.stringify(body);

/** How many lines of progress a request will bring. */
export function stepsOf({measure, models, seeds}) {
  if (models) return models.length;
  return measure === "saturation" ? D_HEADS : seeds;
}

/** Of the lines of an answer those that are no progress. */
export const resultsOf = (lines) => lines.filter((line) => !("done" in line));

/** A fresh network by distance: what it is asked for. of: "rnn" | "lstm" | "transformer" */
export function distanceBody(of, {positions, seeds, bias, norm, residual, start, dtype}) {
  const network = {
    rnn: {architecture: "rnn", n_layers: 1}, lstm: {architecture: "lstm", n_layers: 1, forget_bias: bias},
    transformer: {architecture: "transformer", n_layers: 2, norm, residual, start},
  }[of];
  return {measure: "distance", networks: [network], positions, d_model: 32, seeds, dtype};
}

export function depthBody(id, {blocks, seeds, start, dtype}) {
  const {norm, residual} = VARIANTS.find((variant) => variant.id === id);
  return {measure: "depth", networks: [{architecture: "transformer", n_layers: blocks, norm, residual, start}], positions: 16, d_model: 64, seeds, dtype};
}

/** Shipped beside the models, whole as they are: nothing can be taken from these. */
export const alone = (model) => model === "lstm" || model.startsWith("beside-");

/** One trained model on a sentence. */
export function trainedBody(measure, model, {text, norm = "trained", residual = true}) {
  if (measure === "saturation") return {measure, models: [model], text};
  return {measure, models: [model], text, norm: norm === "trained" || alone(model) ? null : norm, residual: alone(model) || residual};
}

const ofSpread = ({median, low, high}) => ({y: median, low, high});
const counted = (n, from = 0) => Array.from({length: n}, (_, i) => i + from);

/** Norms by distance, 0 being the last position itself. -> series without a name */
export function distanceSeries([result]) {
  if (!result.tokens) return {x: counted(result.gradient.median.length), ...ofSpread(result.gradient)};
  const placed = result.tokens.filter(({distance}) => distance !== null).sort((a, b) => a.distance - b.distance);
  return {
    x: placed.map(({distance}) => distance), y: placed.map(({gradient}) => gradient), texts: placed.map(({text}) => text),
    aside: result.tokens.filter(({distance}) => distance === null), asked: result.asked, trained: result.trained,
  };
}

/** The two gauges of a network by depth: the gradient at each block by that of the last, and how unlike the tokens are. */
export function depthSeries([result]) {
  const {gradient, relative, diversity} = result, spread = Boolean(relative.median), blocks = (spread ? relative.median : relative).length;
  const as = (values) => (spread ? ofSpread(values) : {y: values});
  return {
    gradient: {x: counted(blocks, 1), ...as(relative)}, diversity: {x: counted(blocks + 1), ...as(diversity)},
    norms: spread ? gradient.median : gradient, matrix: result.last_matrix?.median[0] ?? null, asked: result.asked, trained: result.trained,
  };
}


/** Of random queries and keys by d_head, or of each head of a trained model. scaled: "scaled" | "unscaled" */
export function saturationSeries(results, scaled, measure) {
  const heads = results[0]?.heads ? results.flatMap(({heads}) => heads) : null, rows = heads ?? results;
  return {
    x: heads ? counted(rows.length, 1) : rows.map(({d_head}) => d_head), y: rows.map((row) => row[scaled][measure]),
    texts: heads?.map(({site, head}) => `${site} ${head}`),
  };
}
