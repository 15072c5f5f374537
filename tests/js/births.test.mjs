import assert from "node:assert/strict";
import test from "node:test";
import {page, random} from "./page.mjs";

const {across, curves, followed, leading, momentAt, nearest, scoreAt, tableOf, ticks} = await page("births.js");
const {birthPicture} = await page("birth_picture.js");
const {csv} = await page("exports.js");

/** Two sites of three heads; what is highest at the end is neither the first nor what was highest before. */
const BIRTHS = {
  kind: "induction", sites: ["a", "b"], chance: 0.03, checkpoints: [0, 490, 10_000],
  moments: [
    {step: 0, tokens: 0, scores: [[0.03, 0.04, 0.03], [0.03, 0.03, 0.03]]},
    {step: 490, tokens: 94_000, scores: [[0.1, 0.7, 0.2], [0.1, 0.1, 0.4]]},
    {step: 10_000, tokens: 2e6, scores: [[0.1, 0.5, 0.2], [0.3, 0.1, 0.62]]},
  ],
};

test("the axis runs from the first step to the last, and shows the early rise", () => {
  assert.equal(across(0, 10_000), 0);
  assert.equal(across(10_000, 10_000), 1);
  assert.ok(across(500, 10_000) > 0.3);
  assert.ok(across(5_000, 10_000) < 0.9);
});

test("later steps stand further along the axis", () => {
  const next = random(3);
  for (let i = 0; i < 200; i++) {
    const last = 2 + Math.floor(next() * 50_000), step = Math.floor(next() * (last - 1));
    assert.ok(across(step, last) < across(step + 1, last), `${step} of ${last}`);
    assert.ok(across(step, last) >= 0 && across(step + 1, last) <= 1);
  }
});

test("both ends are written along the axis, and no two steps over each other", () => {
  for (const last of [1, 7, 90, 100, 640, 1_000, 1_010, 5_000, 10_000, 25_400, 1_000_000]) {
    const shown = ticks(last);
    assert.equal(shown[0], 0);
    assert.equal(shown.at(-1), last);
    const places = shown.map((step) => across(step, last));
    places.slice(1).forEach((place, i) => assert.ok(place - places[i] >= 0.14, `${shown} of ${last}`));
  }
  assert.deepEqual(ticks(10_000), [0, 100, 300, 1_000, 3_000, 10_000]);
});

test("the head that is highest at the end leads", () => {
  assert.deepEqual(leading(BIRTHS), {site: "b", head: 2});
});

test("the leading head is followed, and the chosen one with it", () => {
  assert.deepEqual(followed(BIRTHS, {site: "a", head: 1}), [
    {site: "b", head: 2, leads: true, chosen: false}, {site: "a", head: 1, leads: false, chosen: true},
  ]);
  assert.deepEqual(followed(BIRTHS, {site: "b", head: 2}), [{site: "b", head: 2, leads: true, chosen: true}]);
});

test("a chosen head of a site that is not measured is not followed", () => {
  assert.deepEqual(followed(BIRTHS, {site: "c", head: 2}), [{site: "b", head: 2, leads: true, chosen: false}]);
});

test("a score is that of its own head at its own step", () => {
  assert.equal(scoreAt(BIRTHS, momentAt(BIRTHS, 490), {site: "b", head: 2}), 0.4);
  assert.equal(scoreAt(BIRTHS, momentAt(BIRTHS, 10_000), {site: "a", head: 1}), 0.5);
  assert.equal(momentAt(BIRTHS, 491), undefined);
});

test("every head has a curve through all its scores", () => {
  const all = curves(BIRTHS);
  assert.deepEqual(all.map(({site, head}) => `${site}${head}`), ["a0", "a1", "a2", "b0", "b1", "b2"]);
  assert.deepEqual(all[5].points, [[0, 0.03], [across(490, 10_000), 0.4], [1, 0.62]]);
});

test("a place on the axis leads to the checkpoint that is nearest there", () => {
  const {checkpoints} = BIRTHS;
  for (const step of checkpoints) assert.equal(nearest(checkpoints, across(step, 10_000)), step);
  assert.equal(nearest(checkpoints, -0.2), 0);
  assert.equal(nearest(checkpoints, 1.3), 10_000);
  assert.equal(nearest(checkpoints, across(490, 10_000) + 0.02), 490);
});

test("the table has every score of every step, and what was read by then", () => {
  const [head, ...rows] = [...csv([tableOf(BIRTHS)])].join("").trim().split("\r\n").map((line) => line.split(","));
  assert.deepEqual(head, ["step", "tokens read", "a head 0", "a head 1", "a head 2", "b head 0", "b head 1", "b head 2"]);
  assert.deepEqual(rows.map((row) => row.map(Number)), BIRTHS.moments.map(({step, tokens, scores}) => [step, tokens, ...scores.flat()]));
});

test("the picture has a line a head through its scores, the names of the followed ones, and none over another", () => {
  const strong = [{site: "b", head: 2, leads: true, layer: 1}, {site: "a", head: 1, chosen: true, layer: 0}];
  const words = {title: "A & B", axis: "weight", steps: "step", chance: "chance", headName: ({site, head}) => `${site}.${head}`};
  const {svg, width, height} = birthPicture({births: BIRTHS, strong, step: 490, font: "x", words});
  const lines = [...svg.matchAll(/class="head-line( strong)?" d="M([^"]+)"/g)];
  assert.equal(lines.length, 6);
  assert.equal(lines.filter(([, followed]) => followed).length, 2);
  const ends = lines.map(([, , points]) => points.split("L").map((point) => point.split(" ").map(Number)));
  const zero = Number(svg.match(/y="([\d.]+)"[^>]*>0</)[1]) - 4, one = Number(svg.match(/y="([\d.]+)"[^>]*>1</)[1]) - 4;
  const drawn = ends.map((points) => points.map(([, y]) => (zero - y) / (zero - one)));
  const due = [0, 1].flatMap((site) => [0, 1, 2].map((head) => BIRTHS.moments.map(({scores}) => scores[site][head])));
  for (const scores of due) assert.ok(drawn.some((found) => found.every((score, i) => Math.abs(score - scores[i]) < 1e-3)), scores.join());
  assert.ok(ends.flat().every(([x, y]) => x >= 0 && x <= width && y >= 0 && y <= height));
  assert.ok(svg.includes("A &amp; B") && svg.includes("b.2 0.62") && svg.includes("a.1 0.50") && svg.includes("chance 0.03"));
  const heights = [...svg.matchAll(/y="([\d.]+)" text-anchor="start"[^>]*>[^<]* 0\.\d\d</g)].map(([, y]) => Number(y)).sort((a, b) => a - b);
  assert.equal(heights.length, 3);
  assert.ok(heights.every((y, i) => i === 0 || y - heights[i - 1] >= 16));
});
