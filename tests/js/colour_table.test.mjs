import assert from "node:assert/strict";
import test from "node:test";
import {page, random} from "./page.mjs";

const {colourTable, painted} = await page("colour_table.js");
const {signedColour, weightColour} = await page("colour.js");

const next = random(11), ROWS = 30, COLUMNS = 40;
const weights = Float32Array.from({length: ROWS * COLUMNS}, () => (next() < 0.2 ? NaN : next() ** 6));
const scores = weights.map((x) => (x - 0.3) * 40);
const ALL = {top: 0, left: 0, height: ROWS, width: COLUMNS};

function check(values, table, colourOf, {top, left, height, width}) {
  const pixels = painted({values, rows: ROWS, columns: COLUMNS}, {top, left, height, width}, table);
  assert.equal(pixels.length, 4 * height * width);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const value = values[(top + row) * COLUMNS + left + column], at = 4 * (row * width + column);
      if (Number.isNaN(value)) assert.equal(pixels[at + 3], 0);
      else {
        assert.equal(pixels[at + 3], 255);
        colourOf(value).forEach((c, i) => assert.ok(Math.abs(c - pixels[at + i]) <= 1, `${value}: ${c} and ${pixels[at + i]}`));
      }
    }
  }
}

for (const theme of ["light", "dark"]) {
  test(`every weight and every score has the colour of its own function, in ${theme}`, () => {
    const ofWeight = (x) => weightColour(x, theme), ofScore = (x) => signedColour(x / 28, theme);
    check(weights, colourTable(ofWeight, [0, 1]), ofWeight, ALL);
    check(weights, colourTable(ofWeight, [0, 1]), ofWeight, {top: 7, left: 33, height: 20, width: 7});
    check(scores, colourTable(ofScore, [-28, 28]), ofScore, ALL);
  });
}

test("a weight that rounding made a little more than 1 is drawn as 1", () => {
  const table = colourTable((x) => weightColour(x, "light"), [0, 1]);
  const [one, more] = [1, 1.0000001].map((x) => [...painted({values: Float32Array.of(x), columns: 1}, {top: 0, left: 0, height: 1, width: 1}, table)]);
  assert.deepEqual(more, one);
});
