import assert from "node:assert/strict";
import test from "node:test";
import {page, random} from "./page.mjs";

const {ALL, count, number, percent, twoPlaces, wide} = await page("format.js");
const SUPERSCRIPT = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** What a reader takes a shown number to be. */
function read(text) {
  const [mantissa, power] = text.replaceAll("−", "-").split("·10");
  if (power === undefined) return Number(mantissa);
  const exponent = Array.from(power, (c) => (c === "⁻" ? "-" : SUPERSCRIPT.indexOf(c))).join("");
  return Number(`${mantissa}e${exponent}`);
}

/** Numbers of every size from 1e-15 to 1e12, of both signs, many of them about to round up. */
const next = random(1);
const NUMBERS = Array.from({length: 4000}, () => {
  const mantissa = next() < 0.3 ? 10 - 10 ** (-1 - 6 * next()) : 1 + 9 * next();
  return (next() < 0.5 ? -1 : 1) * mantissa * 10 ** Math.floor(-15 + 27 * next());
});

test("a number reads back as itself, to half a unit of the fourth digit", () => {
  for (const x of NUMBERS) {
    assert.ok(Math.abs(read(number(x)) - x) <= 5.0001e-4 * Math.abs(x), `${x} is shown as ${number(x)}`);
  }
});

test("a number with a fraction has four significant digits, whatever it rounds to", () => {
  const fractions = NUMBERS.filter((x) => !Number.isInteger(x) && Math.abs(x) >= 1e-3 && Math.abs(x) < 999.95);
  assert.ok(fractions.length > 300);
  for (const x of fractions) {
    const digits = number(x).replace(/^−?0*\.?0*/, "").replace(".", "");
    assert.equal(digits.length, 4, `${x} is shown as ${number(x)}`);
  }
});

test("what rounds up to a power of ten gets no digit more", () => {
  const pairs = [[0.99996, "1.000"], [9.9996, "10.00"], [99.996, "100.0"], [999.96, "1000"], [0.0099996, "0.01000"], [-0.99996, "−1.000"]];
  for (const [x, shown] of pairs) assert.equal(number(x), shown);
});

test("very small and very large numbers are written as powers of ten", () => {
  assert.equal(number(2.9831e-4), "2.983·10⁻⁴");
  assert.equal(number(-4.2754e-12), "−4.275·10⁻¹²");
  assert.equal(number(1.5e6), "1.500·10⁶");
  for (const x of NUMBERS) {
    const size = Math.abs(x);
    if (size < 1e-3 || size >= 1e6) assert.match(number(x), /^−?\d\.\d{3}·10⁻?[⁰¹²³⁴⁵⁶⁷⁸⁹]+$/);
  }
});

test("whole numbers are shown whole", () => {
  for (const x of [1, 7, 12, 32, 4000, 12345, 999999]) assert.equal(number(x), String(x));
});

test("zero is one character, of either sign", () => {
  assert.equal(number(0), "0");
  assert.equal(number(-0), "0");
  assert.equal(number(-0, ALL), "0");
});

test("the minus is a minus sign, never a hyphen", () => {
  for (const x of [...NUMBERS, -Infinity, -1e-300, -1]) {
    for (const digits of [2, 4, ALL]) {
      assert.ok(!number(x, digits).includes("-"), number(x, digits));
      assert.equal(number(-x, digits).replace(/^−/, ""), number(x, digits).replace(/^−/, ""));
    }
    if (x < 0) assert.ok(number(x).startsWith("−"));
  }
});

test("what is no finite number is said to be none", () => {
  assert.equal(number(Infinity), "∞");
  assert.equal(number(-Infinity), "−∞");
  assert.equal(number(-Infinity, ALL), "−∞");
  assert.equal(number(NaN), "NaN");
});

test("all digits read back as the very same number", () => {
  for (const x of [...NUMBERS, ...NUMBERS.map(Math.fround), 5e-324, Number.MAX_VALUE, 0.1, 1 / 3]) {
    assert.equal(Number(number(x, ALL).replaceAll("−", "-")), x);
  }
});

test("a larger number is never shown as a smaller one", () => {
  const sorted = [...NUMBERS].sort((a, b) => a - b).map((x) => read(number(x)));
  for (let i = 1; i < sorted.length; i++) assert.ok(sorted[i] >= sorted[i - 1]);
});

test("fewer digits may be asked for", () => {
  assert.equal(number(0.98765, 2), "0.99");
  assert.equal(number(0.996, 2), "1.0");
  assert.equal(number(2.234e-7, 2), "2.2·10⁻⁷");
});

test("percents are right to a tenth, only nothing is 0 % and only all is 100 %", () => {
  assert.equal(percent(0), "0 %");
  assert.equal(percent(1), "100 %");
  assert.equal(percent(1e-9), "< 0.1 %");
  assert.equal(percent(0.9996), "> 99.9 %");
  assert.equal(percent(1.0000001), "100 %");
  assert.equal(percent(-0.125), "−12.5 %");
  assert.equal(percent(-1e-9), "> −0.1 %");
  assert.equal(percent(-0.9996), "< −99.9 %");
  const uniform = random(2);
  for (let i = 0; i < 2000; i++) {
    const x = uniform() ** 4, text = percent(x);
    if (text.startsWith("<")) assert.ok(x < 0.001);
    else if (text.startsWith(">")) assert.ok(x > 0.999);
    else assert.ok(Math.abs(Number(text.replace(" %", "")) - 100 * x) <= 0.0501, `${x} is shown as ${text}`);
    assert.doesNotMatch(text, /^0(\.0)? /);
  }
});

test("a count has its thousands apart and no digit less", () => {
  assert.equal(count(0), "0");
  assert.equal(count(490), "490");
  assert.equal(count(10_000), "10,000");
  assert.equal(count(20_739_641), "20,739,641");
});

test("a written number's width grows with its digits, and a sign and a power of ten count", () => {
  assert.ok(wide(number(-0.07755, 3)) > wide(number(-0.07755, 2)));
  assert.ok(wide("−0.1") > wide("0.1"));
  assert.ok(wide("1.2·10⁻⁵") > wide("1.2"));
  assert.equal(wide("0.12").toFixed(2), (3 * 0.64 + 0.32).toFixed(2));
});

test("two places are two places", () => {
  assert.deepEqual([0.5, -0.0007, 12.345, -1].map(twoPlaces), ["0.50", "−0.00", "12.35", "−1.00"]);
});
