/** Lines over two axes, linear or logarithmic; told apart by their dashes, named above. */
import {html} from "htm/preact";
import {useRef} from "preact/hooks";
import {axis} from "../chart.js";
import {useSize} from "./heatmap.js";

const EMS = {left: 4.2, right: 1.4, top: 1.9, bottom: 3.2, high: 17}; // of the writing

/**
 * @param {any} props lines: {id, name, points: [x, y][]}[]; x, y: {from, to, log, label, show}; at: the x that is read, or null;
 * marks: {x, label}[], lines across; onPick: an x
 */
export function LineChart({name, lines, x, y, at = null, marks = [], onPick}) {
  const room = useRef(null), probe = useRef(null), {width} = useSize(room), {width: tenEms} = useSize(probe);
  const em = (tenEms || 150) / 10, high = EMS.high * em, left = EMS.left * em, right = width - EMS.right * em, top = EMS.top * em, bottom = high - EMS.bottom * em;
  const across = axis(x), up = axis(y);
  const px = (value) => left + across.share(value) * (right - left), py = (value) => bottom - Math.max(-0.02, up.share(value)) * (bottom - top);
  const path = (points) => points.filter(([, value]) => Number.isFinite(up.share(value))).map(([a, b], i) => `${i ? "L" : "M"}${px(a).toFixed(1)} ${py(b).toFixed(1)}`).join("");
  const pick = onPick && ((event) => {
    const box = event.currentTarget.getBoundingClientRect();
    onPick(across.back(Math.min(1, Math.max(0, (event.clientX - box.left - left) / (right - left)))));
  });
  const thinned = across.ticks.filter((_, i) => i % Math.ceil(across.ticks.length / Math.max(2, (right - left) / (4 * em))) === 0);
  return html`
    <div class="line-chart" ref=${room}>
      <i class="ten-ems" ref=${probe} aria-hidden="true"></i>
      <ul class="line-names">${lines.map((line) => html`<li><svg width=${2.6 * em} height=${em} aria-hidden="true"><path class=${`chart-line of-${line.id}`} d=${`M0 ${em / 2}H${2.6 * em}`} /></svg>${line.name}</li>`)}</ul>
      ${width > 0 && html`
        <svg width=${width} height=${high} role="img" aria-label=${name} onClick=${pick}>
          <text class="y-label" x=${0} y=${0.9 * em}>${y.label}</text>
          ${up.ticks.map((tick) => html`<path class="axis" d=${`M${left} ${py(tick)}H${right}`} /><text class="y-tick" x=${left - 0.5 * em} y=${py(tick) + 0.3 * em}>${y.show(tick)}</text>`)}
          ${thinned.map((tick) => html`<path class="axis" d=${`M${px(tick)} ${bottom}v${0.3 * em}`} /><text class="x-tick" x=${px(tick)} y=${bottom + 1.3 * em}>${x.show(tick)}</text>`)}
          <text class="x-label" x=${right} y=${high - 0.5 * em}>${x.label}</text>
          ${marks.map((mark) => html`<path class="chart-mark" d=${`M${px(mark.x)} ${top}V${bottom}`} /><text class="mark-label" x=${px(mark.x) - 0.4 * em} y=${top + 0.9 * em}>${mark.label}</text>`)}
          ${lines.map((line) => html`<path class=${`chart-line of-${line.id}`} d=${path(line.points)} />`)}
          ${at !== null && html`<path class="marker" d=${`M${px(at)} ${top}V${bottom}`} />`}
          ${at !== null && lines.map((line) => line.points.filter(([value]) => value === at).map((point) => html`<circle class=${`of-${line.id}`} cx=${px(at)} cy=${py(point[1])} r=${0.28 * em} />`))}
        </svg>`}
    </div>`;
}
