import assert from "node:assert/strict";
import test from "node:test";
import {page} from "./page.mjs";

const {PALETTES, css, plotlyScale, signedColour, weightColour} = await page("colour.js");
const THEMES = Object.keys(PALETTES);
const STEPS = Array.from({length: 1001}, (_, i) => i / 1000);

const rgb = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
/** WCAG 2's relative luminance and contrast. */
const luminance = (colour) => colour.map((c) => c / 255)
  .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
  .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
const contrast = (a, b) => {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
};

test("zero is the ground, in every theme and scale", () => {
  for (const theme of THEMES) {
    assert.deepEqual(weightColour(0, theme), rgb(PALETTES[theme].ground));
    assert.deepEqual(signedColour(0, theme), rgb(PALETTES[theme].ground));
  }
});

test("a larger weight is always further from the ground, so that order can be seen without colour", () => {
  for (const theme of THEMES) {
    const away = STEPS.map((weight) => Math.abs(luminance(weightColour(weight, theme)) - luminance(rgb(PALETTES[theme].ground))));
    for (let i = 1; i < away.length; i++) assert.ok(away[i] > away[i - 1], `${theme}: ${STEPS[i]} looks no more than ${STEPS[i - 1]}`);
  }
});

test("a weight of one percent can be told from none", () => {
  for (const theme of THEMES) {
    const difference = weightColour(0.01, theme).map((c, i) => Math.abs(c - weightColour(0, theme)[i]));
    assert.ok(Math.max(...difference) >= 12, `${theme}: ${difference}`);
  }
});

test("colours are colours, also of what lies outside the range", () => {
  for (const theme of THEMES) {
    for (const x of [-1e9, -1, -1e-9, 0, 1e-9, 0.5, 1, 1.0000001, 1e9, ...STEPS]) {
      for (const colour of [weightColour(x, theme), signedColour(x, theme)]) {
        assert.equal(colour.length, 3);
        for (const c of colour) assert.ok(c >= 0 && c <= 255, `${x}: ${colour}`);
      }
    }
    assert.deepEqual(weightColour(2, theme), weightColour(1, theme));
    assert.deepEqual(signedColour(-2, theme), signedColour(-1, theme));
  }
});

test("the sign of a value is its hue, purple below and orange above zero, and its size the distance from the ground", () => {
  for (const theme of THEMES) {
    const ground = luminance(rgb(PALETTES[theme].ground));
    for (const size of STEPS.filter((x) => x > 0.15)) {
      const [r, , b] = signedColour(size, theme), [r2, , b2] = signedColour(-size, theme);
      assert.ok(r > b && b2 > r2, `${theme} ${size}`);
    }
    for (const sign of [-1, 1]) {
      const away = STEPS.map((size) => Math.abs(luminance(signedColour(sign * size, theme)) - ground));
      for (let i = 100; i < away.length; i += 50) assert.ok(away[i] > away[i - 50], `${theme} ${sign * STEPS[i]}`);
    }
  }
});

test("text can be read on the ground, and a number on every cell in black or in white", () => {
  for (const theme of THEMES) {
    const {ground, ink, soft} = Object.fromEntries(Object.entries(PALETTES[theme]).map(([name, hex]) => [name, rgb(hex)]));
    assert.ok(contrast(ink, ground) >= 7, `${theme}: ink has ${contrast(ink, ground)}`);
    assert.ok(contrast(soft, ground) >= 4.5, `${theme}: soft has ${contrast(soft, ground)}`);
    for (const weight of STEPS) {
      const cell = weightColour(weight, theme);
      assert.ok(Math.max(contrast([0, 0, 0], cell), contrast([255, 255, 255], cell)) >= 4.5);
    }
  }
});

test("plotly's scale is the colours, from the first position to the last", () => {
  const inside = ([position]) => position >= 0 && position <= 1;
  for (const theme of THEMES) {
    for (const [colourAt, from] of [[(x) => weightColour(x, theme), 0], [(x) => signedColour(x, theme), -1]]) {
      const scale = plotlyScale(colourAt, from);
      assert.ok(scale.every(inside));
      assert.deepEqual([scale[0][0], scale.at(-1)[0]], [0, 1]);
      for (let i = 1; i < scale.length; i++) assert.ok(scale[i][0] > scale[i - 1][0]);
      for (const [position, colour] of scale) assert.equal(colour, css(colourAt(from + (1 - from) * position)));
    }
  }
});
