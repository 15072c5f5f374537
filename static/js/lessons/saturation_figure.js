/** How saturated the softmax is, measured as the reader asks. attributes: mode, measure, head, keys, text */
import {useSignal} from "@preact/signals";
import {html} from "htm/preact";
import {useEffect} from "preact/hooks";
import {saturationSeries, trainedBody} from "../measuring.js";
import {SaturationFigure} from "../views/saturation.js";
import {useMeasured} from "./measured.js";
import {modelOptions, setters} from "./measured_settings.js";

export function createSaturation({attributes, t, theme, lesson, present}) {
  const options = modelOptions(t, "decoder encoder encoder-decoder");
  return () => {
    const plotly = useSignal(null), settings = useSignal({
      mode: attributes.mode ?? "fresh", measure: attributes.measure ?? "largest", dHead: Number(attributes.d_head ?? 64), keys: Number(attributes.keys ?? 16), trained: ["decoder"], text: attributes.text ?? "",
    });
    useEffect(() => { lesson.plotly().then((had) => { plotly.value = had; }); }, []);
    const now = settings.value, fresh = now.mode === "fresh";
    const measured = useMeasured(lesson, [fresh ? {measure: "saturation", keys: now.keys} : trainedBody("saturation", now.trained[0], {text: now.text})]);
    const results = measured.found[0] ?? [], rows = fresh ? results : results.flatMap(({heads}) => heads);
    const lines = [["scaled", t("divided by √d_head")], ["unscaled", t("not divided")]];
    const series = lines.map(([which, name], look) => ({...saturationSeries(results, which, now.measure), name, look}));
    return html`<${SaturationFigure} ...${{t, options, rows, series, measured}} mode=${now.mode} theme=${theme.value} large=${present.value} plotly=${plotly.value}
      settings=${{...now, of: now.trained}} on=${setters(settings)} />`;
  };
}
