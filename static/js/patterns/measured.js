/** The figures that measure, as a lesson has them, small and quick; and what stands there meanwhile. */
import {html} from "htm/preact";
import {useMemo} from "preact/hooks";
import * as api from "../api.js";
import {createDrawing} from "../drawing.js";
import {createGradientDepth} from "../lessons/gradient_depth_figure.js";
import {createGradientDistance} from "../lessons/gradient_distance_figure.js";
import {createSaturation} from "../lessons/saturation_figure.js";
import {told} from "../told.js";
import {Measuring} from "../views/measuring.js";
import {Specimen} from "./specimen.js";

const QUICK = {positions: "24", seeds: "2", blocks: "4"}, UNDERFLOW = {of: "post neither", blocks: "16", seeds: "1", start: "gpt-2", dtype: "float32"};

export function Measured({given}) {
  const {t} = given;
  return html`
    <${Specimen} given=${given} View=${Live} make=${createGradientDistance} attributes=${QUICK} title=${t("By distance, before training")} wide=${true} />
    <${Specimen} given=${given} View=${Live} make=${createGradientDistance} attributes=${{mode: "trained", text: "Tom likes music."}} title=${t("By distance, of trained models")} wide=${true} />
    <${Specimen} given=${given} View=${Live} make=${createGradientDepth} attributes=${UNDERFLOW} title=${t("Two gauges side by side, some of the numbers 0")} wide=${true} />
    <${Specimen} given=${given} View=${Live} make=${createSaturation} attributes=${{}} title=${t("A logarithmic axis in both directions")} wide=${true} />
    <${Specimen} given=${given} View=${Progress} running=${true} title=${t("While it is being measured")} />
    <${Specimen} given=${given} View=${Progress} stopped=${true} title=${t("Stopped before its end")} />`;
}

const {load} = createDrawing(window), lessons = new Map(); // by language, so that what was measured is kept

function lessonIn(lang, t) {
  if (!lessons.has(lang)) lessons.set(lang, {stream: (path, body, {signal}) => api.stream(path, body, lang, signal), told: (error) => told(t, error), plotly: load});
  return lessons.get(lang);
}

function Live({t, lang, theme, make, attributes}) {
  const Figure = useMemo(() => make({attributes, t, lang, theme: {value: theme}, present: {value: false}, lesson: lessonIn(lang, t)}), [lang, theme]);
  return html`<${Figure} />`;
}

const Progress = ({t, running = false, stopped = false}) => html`
  <div class="measured-figure"><${Measuring} t=${t} measured=${{running, stopped, done: 3, of: 10, problem: "", stop: () => {}, again: () => {}}} /></div>`;
