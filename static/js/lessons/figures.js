/**
 * The views of a live figure, each a factory: ({attributes, t, lang, theme, lesson, page}) => a component without props.
 * An entry a line; app/lessons/registry.py reads them here.
 */
import {createCost} from "./cost_figure.js";
import {createFarWord} from "./far_figure.js";
import {createHeadFigure} from "./head_figure.js";
import {createHiddenStates} from "./hidden_figure.js";
import {createLossCurves} from "./loss_figure.js";
import {createLensesFigure} from "./lenses_figure.js";
import {createMasksFigure} from "./masks_figure.js";
import {createRace} from "./race_figure.js";
import {createRelay} from "./relay_figure.js";
import {createStationsFigure} from "./stations_figure.js";
import {createStepsFigure} from "./steps_figure.js";
import {createWeightsFigure} from "./weights_figure.js";

export const FIGURES = {
  weights: createHeadFigure,
  scores: createHeadFigure,
  lines: createHeadFigure,
  qkv: createHeadFigure,
  values: createHeadFigure,
  worked: createHeadFigure,
  grid: createHeadFigure,
  masks: createMasksFigure,
  steps: createStepsFigure,
  stations: createStationsFigure,
  relay: createRelay,
  cost: createCost,
  "loss-curves": createLossCurves,
  "hidden-states": createHiddenStates,
  "far-word": createFarWord,
  race: createRace,
  lenses: createLensesFigure,
  "weights-editor": createWeightsFigure,
};
