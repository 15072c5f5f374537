/**
 * Two token sequences side by side: which position of one is which of the other. A longest common subsequence of what the tokens spell
 * (Hunt and McIlroy 1976), so that models with other vocabularies can be compared, too; the space before a word does not count. Short stretches of
 * the same length between two matches are paired in order: one word in place of another.
 */
import {label} from "./labels.js";

const REPLACED = 3; // tokens, the longest stretch that stands in place of another

/** @returns {{pairs: [number, number, boolean][], to: (number|null)[], back: (number|null)[], alike: boolean}} the pairs, whether their tokens
 * are the same; position of a -> of b, and back; alike: both sequences are the same throughout */
export function aligned(a, b) {
  if (!known.has(a)) known.set(a, new WeakMap());
  const of = known.get(a);
  if (!of.has(b)) of.set(b, alignedAnew(a, b));
  return of.get(b);
}

const known = new WeakMap(); // sequence -> other sequence -> the pairs: every head of two runs has the same

function alignedAnew(a, b) {
  const matches = [[-1, -1], ...common(a.map(spelt), b.map(spelt)), [a.length, b.length]], pairs = [];
  for (let i = 1; i < matches.length; i++) {
    const [[fromA, fromB], [toA, toB]] = [matches[i - 1], matches[i]], gap = toA - fromA - 1;
    if (gap === toB - fromB - 1 && gap <= REPLACED) for (let k = 1; k <= gap; k++) pairs.push([fromA + k, fromB + k, false]);
    if (toA < a.length) pairs.push([toA, toB, true]);
  }
  const to = Array(a.length).fill(null), back = Array(b.length).fill(null);
  for (const [i, j] of pairs) [to[i], back[j]] = [j, i];
  return {pairs, to, back, alike: a.length === b.length && pairs.length === a.length && pairs.every(([, , same]) => same)};
}

/** What a token is matched by. Special tokens stand for what they are there for: the first position, and where another text begins. */
function spelt(token, i) {
  if (token.start !== null) return label({...token, text: token.text.trim() || token.text});
  if (/^<(sep|2\w+)>$/.test(token.text)) return "⟨then⟩";
  return i === 0 ? "⟨first⟩" : label(token);
}

/** A longest common subsequence, what comes first first. -> [i, j][] */
function common(a, b) {
  let start = 0, end = 0;
  while (start < Math.min(a.length, b.length) && a[start] === b[start]) start++;
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end++;
  const n = a.length - start - end, m = b.length - start - end, [from, to] = numbered(a.slice(start, start + n), b.slice(start, start + m));
  const wide = Math.ceil(m / 8), skips = skipped(from, to, wide), found = Array.from({length: start}, (_, i) => [i, i]);
  for (let i = 0, j = 0; i < n && j < m;) {
    if (from[i] === to[j]) found.push([start + i++, start + j++]);
    else if (skips[i * wide + (j >> 3)] >> (j & 7) & 1) i++;
    else j++;
  }
  for (let k = end; k > 0; k--) found.push([a.length - k, b.length - k]);
  return found;
}

/** Texts as numbers, the same for the same text. -> Int32Array of each */
function numbered(...all) {
  const numbers = new Map(), number = (text) => {
    if (!numbers.has(text)) numbers.set(text, numbers.size);
    return numbers.get(text);
  };
  return all.map((texts) => Int32Array.from(texts, number));
}

/**
 * Whether, of what begins at i of a and at j of b, the longest common subsequence is as long without the first of a as without the first of b,
 * or longer. One row of lengths is held at a time, and one bit of each cell.
 * @param {number} wide bytes of a row -> Uint8Array [i, j] of bits
 */
function skipped(a, b, wide) {
  const m = b.length, bits = new Uint8Array(a.length * wide), longest = new Int32Array(m);
  for (let i = a.length - 1; i >= 0; i--) {
    const one = a[i];
    for (let j = m - 1, right = 0, below = 0, byte = 0; j >= 0; j--) { // right: of i and j + 1; below: of i + 1 and j + 1
      const down = longest[j], skips = down >= right ? 1 : 0;
      right = Math.max(down, right, one === b[j] ? below + 1 : 0); // no longer than that where both are the same
      longest[j] = right;
      below = down;
      byte = byte << 1 | skips;
      if ((j & 7) === 0) {
        bits[i * wide + (j >> 3)] = byte;
        byte = 0;
      }
    }
  }
  return bits;
}
