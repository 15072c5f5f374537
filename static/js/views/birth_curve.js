/** The curve of a kind of head over the steps of a training: a faint line a head, the followed ones strong. */
import {html} from "htm/preact";
import {plotOf} from "../birth_layout.js";
import {across, curves, momentAt, nearest, same, scoreAt, ticks} from "../births.js";
import {count} from "../format.js";
import {headName} from "../names.js";

const WIDTH = 340, HEIGHT = 84;
const LEFT = 16, RIGHT = 318, TOP = 7, BOTTOM = 67;

const {x, y, line} = plotOf({left: LEFT, right: RIGHT, top: TOP, bottom: BOTTOM});

/** @param {{births: any, strong: any[], checkpoints: number[], step: number}} props strong: followed heads with their site's layer */
export function BirthCurve({t, births, strong, checkpoints, step, onPick}) {
  const last = births.moments.at(-1).step, at = x(across(step, last));
  const all = curves(births), now = momentAt(births, step), [leader] = strong;
  const pick = (event) => {
    const box = event.currentTarget.getBoundingClientRect();
    onPick(nearest(checkpoints, ((event.clientX - box.left) / box.width * WIDTH - LEFT) / (RIGHT - LEFT)));
  };
  const name = t("Curve of every head over {steps} training steps: {head} goes from {first} to {last}, chance is {chance}.", {
    steps: count(last), head: headName(t, {layer: leader.layer}, leader.head), chance: births.chance.toFixed(2),
    first: scoreAt(births, births.moments[0], leader).toFixed(2), last: scoreAt(births, births.moments.at(-1), leader).toFixed(2),
  });
  return html`
    <svg class="birth-curve" viewBox=${`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label=${name} onClick=${pick}>
      <path class="axis" d=${`M${LEFT} ${TOP}V${BOTTOM}H${RIGHT}`} />
      ${[0, 1].map((score) => html`<text class="y-tick" x=${LEFT - 4} y=${y(score) + 3.5}>${score}</text>`)}
      ${ticks(last).map((tick) => html`
        <path class="axis" d=${`M${x(across(tick, last))} ${BOTTOM}v3`} />
        <text class="x-tick" x=${x(across(tick, last))} y=${BOTTOM + 13}>${count(tick)}</text>`)}
      <text x=${LEFT + 5} y=${TOP + 6}>${t("weight by step")}</text>
      <path class="chance" d=${`M${LEFT} ${y(births.chance)}H${RIGHT}`} />
      ${all.filter((one) => !strong.some((head) => same(head, one))).map(({points}) => html`<path class="head-line" d=${line(points)} />`)}
      ${[...strong].reverse().map((head) => html`
        <path class="head-line ${head.leads ? "leads" : ""} ${head.chosen ? "chosen" : ""}"
          d=${line(all.find((one) => same(head, one)).points)} />`)}
      ${checkpoints.map((one) => momentAt(births, one)).filter(Boolean).map((moment) => html`
        <circle class="kept" cx=${x(across(moment.step, last))} cy=${y(scoreAt(births, moment, leader))} r="2.6" />`)}
      <path class="marker" d=${`M${at} ${TOP}V${BOTTOM}`} />
      ${now && strong.map((head) => html`
        <circle class="now ${head.leads ? "leads" : ""} ${head.chosen ? "chosen" : ""}" cx=${at} cy=${y(scoreAt(births, now, head))} r="4.5" />`)}
    </svg>`;
}
