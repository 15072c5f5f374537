import assert from "node:assert/strict";
import test from "node:test";
import {logTicks, plotOf} from "../../static/js/log_plot.js";

const series = [
  {look: 0, name: "a", x: [0, 1, 2], y: [1, 0.1, 0], low: [0.5, 0, 0], high: [2, 1, 0.1]},
  {look: 1, name: "b", x: [0, 1, 2], y: [1, 1, 1], low: [1, 1, 1], high: [1, 1, 1]},
];
const given = {series, axes: {x: "x", y: "y", logY: true}, theme: "light", width: 600, height: 300};

test("what is 0 has no place on a logarithmic axis, and is counted", () => {
  const {data, zeros} = plotOf(given);
  assert.deepEqual(zeros, [{name: "a", count: 1}]);
  assert.deepEqual(data.find(({name}) => name === "a").y, [1, 0.1, null]);
  assert.deepEqual(plotOf({...given, axes: {...given.axes, logY: false}}).zeros, []);
});

test("what there is no number of is counted, and leaves a gap", () => {
  const {data, blanks, zeros} = plotOf({...given, series: [{look: 0, name: "a", x: [0, 1], y: [null, 1]}]});
  assert.deepEqual([blanks, zeros, data[0].y], [[{name: "a", count: 1}], [], [null, 1]]);
});

test("a band stands where the seeds differ", () => {
  const bands = plotOf(given).data.filter(({fill}) => fill);
  assert.equal(bands.length, 1);
  assert.deepEqual(bands[0].y, [2, 1, 0.1]);
});

test("lines differ in colour, dash and marker, and keep them whatever else is drawn", () => {
  const looks = Array.from({length: 7}, (_, look) => plotOf({...given, series: [{look, name: "", x: [0], y: [1]}]}).data[0]);
  for (const of of [({line}) => line.color, ({line}) => line.dash, ({marker}) => marker.symbol]) assert.equal(new Set(looks.map(of)).size, 7);
  assert.deepEqual(plotOf({...given, series: series.slice(1)}).data.at(-1).line, plotOf(given).data.at(-1).line);
});

test("axes are logarithmic where they are asked to be", () => {
  const {layout} = plotOf(given);
  assert.deepEqual([layout.xaxis.type, layout.yaxis.type, layout.yaxis.fixedrange], ["linear", "log", true]);
  assert.equal(plotOf({...given, axes: {...given.axes, logX: true}}).layout.xaxis.type, "log");
});

test("a logarithmic axis is marked at a few powers of ten, a short one between them as well", () => {
  const {tickvals, ticktext} = logTicks([1, 1e-22]);
  assert.ok(tickvals.length <= 9 && tickvals.at(-1) === 1 && tickvals.every((x) => Number.isInteger(Math.round(Math.log10(x) * 1e6) / 1e6)));
  assert.deepEqual([ticktext.at(-1), ticktext[0]], ["1", "10<sup>−21</sup>"]);
  assert.deepEqual(logTicks([0.2, 0.5]).tickvals, [0.1, 0.2, 0.5, 1, 2, 5]);
  assert.deepEqual(logTicks([0.002, 30]).ticktext, ["0.001", "0.01", "0.1", "1", "10", "100"]);
  assert.deepEqual(logTicks([2, 2]).tickvals, [1, 2, 5, 10, 20, 50]);
  assert.deepEqual(logTicks([0, 0, null]), {});
});
