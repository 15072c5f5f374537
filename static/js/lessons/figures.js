/**
 * The views of a live figure, each a factory: ({attributes, t, lang, theme, lesson, page}) => a component without props.
 * An entry a line; app/lessons/registry.py reads them here.
 */
import {createCacheDrawer} from "./cache_drawer.js";
import {createCost} from "./cost_figure.js";
import {createFarWord} from "./far_figure.js";
import {createGradientDepth} from "./gradient_depth_figure.js";
import {createGradientDistance} from "./gradient_distance_figure.js";
import {createHeadFigure} from "./head_figure.js";
import {createHiddenStates} from "./hidden_figure.js";
import {createLensesFigure} from "./lenses_figure.js";
import {createLossCurves} from "./loss_figure.js";
import {createMaskBuilderFigure} from "./mask_builder_figure.js";
import {createMasksFigure} from "./masks_figure.js";
import {createNewWord} from "./new_word.js";
import {createNextToken} from "./next_token.js";
import {createOrderFigure} from "./order_figure.js";
import {createRace} from "./race_figure.js";
import {createRelay} from "./relay_figure.js";
import {createRoadFigure} from "./road.js";
import {createSaturation} from "./saturation_figure.js";
import {createSplitFigure} from "./split_figure.js";
import {createStationsFigure} from "./stations_figure.js";
import {createStepsFigure} from "./steps_figure.js";
import {createStructureFigure} from "./structure.js";
import {createThinking} from "./thinking.js";
import {createTokensFigure} from "./tokens_figure.js";
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
  structure: createStructureFigure,
  road: createRoadFigure,
  "next-token": createNextToken,
  "cache-drawer": createCacheDrawer,
  "new-word": createNewWord,
  thinking: createThinking,
  order: createOrderFigure,
  tokens: createTokensFigure,
  "split-heads": createSplitFigure,
  "mask-builder": createMaskBuilderFigure,
  "gradient-distance": createGradientDistance,
  "gradient-depth": createGradientDepth,
  saturation: createSaturation,
  relay: createRelay,
  cost: createCost,
  "loss-curves": createLossCurves,
  "hidden-states": createHiddenStates,
  "far-word": createFarWord,
  race: createRace,
  lenses: createLensesFigure,
  "weights-editor": createWeightsFigure,
};
