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
  const n = a.length - start - end, m = b.length - start - end;
  const longest = Array.from({length: n + 1}, () => new Uint16Array(m + 1)); // of what begins at i and at j
  for (let i = n - 1; i >= 0; i--) {
    for (let j = m - 1; j >= 0; j--) {
      longest[i][j] = a[start + i] === b[start + j] ? 1 + longest[i + 1][j + 1] : Math.max(longest[i + 1][j], longest[i][j + 1]);
    }
  }
  const found = Array.from({length: start}, (_, i) => [i, i]);
  for (let i = 0, j = 0; i < n && j < m;) {
    if (a[start + i] === b[start + j]) found.push([start + i++, start + j++]);
    else if (longest[i + 1][j] >= longest[i][j + 1]) i++;
    else j++;
  }
  for (let k = end; k > 0; k--) found.push([a.length - k, b.length - k]);
  return found;
}
