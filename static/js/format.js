/** Numbers as the page shows them: four significant digits, or all that tell a number from its neighbours. */

export const ALL = Infinity;

const MINUS = "−";

export function number(x, digits = 4) {
  if (Number.isNaN(x)) return "NaN";
  if (!Number.isFinite(x)) return x < 0 ? `${MINUS}∞` : "∞";
  if (x === 0) return "0";
  if (digits === ALL) return String(x).replaceAll("-", MINUS);
  const size = Math.abs(x);
  const text = size < 1e-3 || size >= 1e6 ? exponent(x, digits) : plain(x, digits);
  return text.replace("-", MINUS);
}

/** To two places, whatever its size: -0.0007 is "−0.00". */
export const twoPlaces = (x) => x.toFixed(2).replace("-", MINUS);

const WIDTHS = {[MINUS]: 0.84, ".": 0.32, "·": 0.32}, RAISED = 0.4, DIGIT = 0.64; // ems, in the widest of the system's fonts

/** About how wide a written number is, in ems. */
export const wide = (written) => Array.from(written, (c) => WIDTHS[c] ?? (/[\d∞]/.test(c) ? DIGIT : RAISED)).reduce((a, b) => a + b, 0);

/** A number that may be missing. */
export const perhaps = (x) => (x === null || x === undefined ? "–" : number(x));

const GROUPED = new Intl.NumberFormat("en");

/** 12345 -> "12,345", which is how both languages write it */
export const count = (n) => GROUPED.format(n);

/** 0.1234 -> "12.3 %" */
export function percent(x) {
  if (x < 0) return percent(-x).replace(/^([<>] )?/, (bound) => `${({"< ": "> ", "> ": "< "})[bound] ?? ""}${MINUS}`);
  const share = 100 * x;
  if (share === 0) return "0 %";
  if (share > 0 && share < 0.1) return "< 0.1 %";
  if (share > 99.9 && share < 100) return "> 99.9 %";
  return `${share >= 100 ? Math.round(share) : share.toFixed(1)} %`;
}

function plain(x, digits) {
  if (Number.isInteger(x)) return String(x);
  const rounded = Number(x.toPrecision(digits)); // first: 0.99996 has one digit before the point, once rounded
  return rounded.toFixed(Math.max(0, digits - 1 - Math.floor(Math.log10(Math.abs(rounded)))));
}

function exponent(x, digits) {
  const [mantissa, power] = x.toExponential(digits - 1).split("e");
  const raised = Array.from(String(Number(power)), (c) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(c)] ?? "⁻").join("");
  return `${mantissa}·10${raised}`;
}
