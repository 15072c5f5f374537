/** Gradients by distance, measured as the reader asks. attributes: mode, of, positions, seeds, text, models */
import {useSignal} from "@preact/signals";
import {html} from "htm/preact";
import {useEffect} from "preact/hooks";
import {distanceBody, distanceSeries, trainedBody} from "../measuring.js";
import {GradientDistance} from "../views/gradient_distance.js";
import {useMeasured} from "./measured.js";
import {modelOptions, setters} from "./measured_settings.js";

export function createGradientDistance({attributes, t, theme, lesson, present}) {
  const fresh = [{id: "rnn", name: t("RNN"), look: 0}, {id: "lstm", name: t("LSTM"), look: 1}, {id: "transformer", name: "Transformer", look: 2}];
  const trained = modelOptions(t, attributes.models ?? "decoder lstm beside-rnn beside-lstm beside-transformer encoder encoder-decoder");
  return () => {
    const plotly = useSignal(null), settings = useSignal({
      mode: attributes.mode ?? "fresh", fresh: (attributes.of ?? "rnn lstm transformer").split(" "), trained: trained.slice(0, 2).map(({id}) => id), positions: Number(attributes.positions ?? 64),
      seeds: Number(attributes.seeds ?? 5), bias: Number(attributes.bias ?? 0), norm: "pre", residual: true, start: "torch", dtype: "float64", text: attributes.text ?? "", trainedNorm: "trained", trainedResidual: true,
    });
    useEffect(() => { lesson.plotly().then((had) => { plotly.value = had; }); }, []);
    const now = settings.value, {mode} = now, options = mode === "fresh" ? fresh : trained, shown = options.filter(({id}) => now[mode].includes(id));
    const body = ({id}) => (mode === "fresh" ? distanceBody(id, now) : trainedBody("distance", id, {text: now.text, norm: now.trainedNorm, residual: now.trainedResidual}));
    const measured = useMeasured(lesson, shown.map(body));
    const series = shown.flatMap((one, i) => (measured.found[i] ? [{...distanceSeries(measured.found[i]), name: one.name, look: one.look}] : []));
    return html`<${GradientDistance} ...${{t, mode, options, series, measured}} theme=${theme.value} large=${present.value} plotly=${plotly.value}
      settings=${{...now, of: now[mode]}} on=${setters(settings)} />`;
  };
}
