/** Lines on a logarithmic axis, drawn by plotly, with a key of colours, dashes and markers, and what is 0 in words. */
import {html} from "htm/preact";
import {useEffect, useRef} from "preact/hooks";
import {headColour} from "../head_colours.js";
import {SYMBOLS, plotOf} from "../log_plot.js";
import {useSize} from "./heatmap.js";

/** @param {any} props series, axes: as log_plot.js takes them; least: the smallest number that is not 0 where they were computed */
export function LogPlot({t, plotly, theme, name, series, axes, least, large = false, height = 320}) {
  const frame = useRef(null), chart = useRef(null), {width} = useSize(frame);
  const plot = plotOf({series, axes, theme, width, height: large ? 1.6 * height : height, large});
  useEffect(() => {
    if (plotly && width && series.some(({x}) => x.length)) plotly.react(chart.current, plot.data, plot.layout, {displayModeBar: false, responsive: false});
  }, [plotly, width, theme, large, JSON.stringify(series), JSON.stringify(axes)]);
  return html`
    <div class="log-plot" ref=${frame}>
      <div role="img" aria-label=${name} style=${{minHeight: `${plot.layout.height}px`}}><div ref=${chart}></div></div>
      ${plot.zeros.map((zero) => html`<p class="note">${t("{name}: {count} numbers are 0 and have no place on a logarithmic axis; each was smaller than {least}.", {...zero, least})}</p>`)}
      ${plot.blanks.map((blank) => html`<p class="note">${t("{name}: {count} numbers are missing: a vector that is 0 points nowhere, and nothing is a share of 0.", blank)}</p>`)}
    </div>`;
}

const DASHES = ["", "7 4", "2 3", "7 3 2 3", "6 2", "11 3 2 3", "2 5"];
const SHAPES = {
  circle: html`<circle cx="16" cy="7" r="3.6" />`, square: html`<rect x="12.4" y="3.4" width="7.2" height="7.2" />`, diamond: html`<path d="M16 2l5 5-5 5-5-5z" />`,
  "triangle-up": html`<path d="M16 2l5 9H11z" />`, x: html`<path d="M12 3l8 8m0-8l-8 8" stroke-width="3" />`, cross: html`<path d="M16 2v10m-5-5h10" stroke-width="3" />`,
  pentagon: html`<path d="M16 2.5l4.6 3.4-1.8 5.4h-5.6l-1.8-5.4z" />`,
};

/** A line as the plot draws it. */
export const Swatch = ({look, theme}) => html`
  <svg class="swatch" viewBox="0 0 32 14" width="32" height="14" aria-hidden="true" stroke=${headColour(look, theme)} fill=${headColour(look, theme)}>
    <path d="M0 7h32" stroke-width="2" stroke-dasharray=${DASHES[look % DASHES.length]} />${SHAPES[SYMBOLS[look % SYMBOLS.length]]}
  </svg>`;
