/** plotly, which is large: asked for once there is a heatmap that it draws, or when a picture is saved. */
import {signal} from "@preact/signals";

export function createDrawing(window) {
  const plotly = signal(null);
  let loading = null; // once for all who wait for it: a module that a browser could not fetch it does not fetch again

  async function evaluated() {
    await new Promise(window.requestAnimationFrame); // the heads are painted first: plotly takes a third of a second to evaluate
    await import("plotly");
    return plotly.value = window.Plotly;
  }

  return {
    plotly,
    /** -> plotly; null where it cannot be had */
    load: () => loading ??= evaluated().catch((error) => { window.reportError(error); return null; }),
  };
}
