import assert from "node:assert/strict";
import test from "node:test";
import {page} from "./page.mjs";

const {headColour, headDash} = await page("head_colours.js");
const {PALETTES} = await page("colour.js");
const HEADS = [0, 1, 2, 3, 4, 5, 6, 7];

const linear = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16) / 255)
  .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
const luminance = (hex) => linear(hex).reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
const contrast = (a, b) => {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
};
/** Machado, Oliveira and Fernandes 2009, severity 1; and the colours as they are. */
const SEEN = {
  all: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  protan: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
  deutan: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
};
/** OKLab, in which equal distances look equal. */
function oklab(rgb) {
  const mul = (m, v) => m.map((row) => row.reduce((sum, x, i) => sum + x * v[i], 0));
  const lms = mul([[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
    [0.0883024619, 0.2817188376, 0.6299787005]], rgb).map(Math.cbrt);
  return mul([[0.2104542553, 0.793617785, -0.0040720468], [1.9779984951, -2.428592205, 0.4505937099],
    [0.0259040371, 0.7827717662, -0.808675766]], lms);
}

for (const theme of Object.keys(PALETTES)) {
  test(`a head's line stands out from the ${theme} ground`, () => {
    for (const head of HEADS) {
      const found = contrast(headColour(head, theme), PALETTES[theme].ground);
      assert.ok(found >= 3, `head ${head}: ${found}`);
    }
  });

  test(`heads can be told apart on the ${theme} ground, also without red or without green`, () => {
    for (const [name, matrix] of Object.entries(SEEN)) {
      const colours = HEADS.map((head) => oklab(matrix.map((row) => row.reduce((sum, x, i) => sum + x * linear(headColour(head, theme))[i], 0))));
      for (const a of HEADS) {
        for (const b of HEADS.slice(a + 1)) {
          const distance = Math.hypot(...colours[a].map((x, i) => x - colours[b][i]));
          assert.ok(distance > (a < 4 && b < 4 ? 0.13 : 0.09), `${name}: heads ${a} and ${b} are ${distance} apart`);
        }
      }
    }
  });
}

test("from the ninth head on the colours come again, dashed in another way", () => {
  const looks = Array.from({length: 32}, (_, head) => `${headColour(head, "light")} ${headDash(head)}`);
  assert.equal(new Set(looks).size, 32);
  assert.equal(headColour(8, "dark"), headColour(0, "dark"));
  assert.deepEqual(headDash(7), []);
});
