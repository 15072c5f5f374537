/** Gradients by depth and the difference between tokens, measured as the reader asks. attributes: mode, of, blocks, seeds, text */
import {useSignal} from "@preact/signals";
import {html} from "htm/preact";
import {useEffect} from "preact/hooks";
import {depthBody, depthSeries, trainedBody} from "../measuring.js";
import {GradientDepth} from "../views/gradient_depth.js";
import {useMeasured} from "./measured.js";
import {modelOptions, setters} from "./measured_settings.js";

export function createGradientDepth({attributes, t, theme, lesson, present}) {
  const names = {pre: t("residual, norm before"), post: t("residual, norm after"), residual: t("residual, no norm"), norm: t("norm, no residual"), neither: t("neither")};
  const fresh = Object.entries(names).map(([id, name], look) => ({id, name, look})), trained = modelOptions(t, "decoder encoder encoder-decoder");
  return () => {
    const plotly = useSignal(null), settings = useSignal({
      mode: attributes.mode ?? "fresh", fresh: (attributes.of ?? "pre post norm neither").split(" "), trained: ["decoder"], blocks: Number(attributes.blocks ?? 12), seeds: Number(attributes.seeds ?? 3),
      start: "torch", dtype: "float64", text: attributes.text ?? "", trainedNorm: "trained", trainedResidual: true,
    });
    useEffect(() => { lesson.plotly().then((had) => { plotly.value = had; }); }, []);
    const now = settings.value, {mode} = now, options = mode === "fresh" ? fresh : trained, shown = options.filter(({id}) => now[mode].includes(id));
    const body = ({id}) => (mode === "fresh" ? depthBody(id, now) : trainedBody("depth", id, {text: now.text, norm: now.trainedNorm, residual: now.trainedResidual}));
    const measured = useMeasured(lesson, shown.map(body));
    const series = shown.flatMap((one, i) => (measured.found[i] ? [{...depthSeries(measured.found[i]), name: one.name, look: one.look}] : []));
    return html`<${GradientDepth} ...${{t, mode, options, series, measured}} theme=${theme.value} large=${present.value} plotly=${plotly.value}
      settings=${{...now, of: now[mode]}} on=${setters(settings)} />`;
  };
}
