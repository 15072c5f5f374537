/** Of a long row of tokens only those in sight are made: where each stands, which are in sight, and where a word is. */
import {elide, ems, label} from "./labels.js";

export const ALL_MADE = 300; // tokens, up to which a row has all of them
const AROUND = 40; // made on both sides of what is in sight, and the step in which it follows
const TEXT = 1.05, INDEX = 0.5, AIR = 0.8; // rem: of an em of text, of a digit of the index, around them

/** The left edge of each token, and the end of the last, in rem. -> Float64Array [count + 1] */
export function edgesOf(tokens, longest = 24) {
  const edges = new Float64Array(tokens.length + 1);
  tokens.forEach((token, i) => {
    edges[i + 1] = edges[i] + Math.max(1.5, TEXT * ems(elide(label(token), longest)) + INDEX * String(i).length + AIR);
  });
  return edges;
}

/** The tokens to make where these rem of the row are in sight: {from, to} */
export function madeIn(edges, left, right) {
  const count = edges.length - 1, first = before(edges, left), last = before(edges, right);
  return {from: Math.max(0, Math.floor(first / AROUND - 1) * AROUND), to: Math.min(count, Math.ceil((last + 1) / AROUND + 1) * AROUND)};
}

/** The last edge that is not beyond a place. */
function before(edges, place) {
  let low = 0, high = edges.length - 2;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (edges[middle] <= place) low = middle;
    else high = middle - 1;
  }
  return low;
}

/**
 * The token that a search leads to: a position where a number is written, else the next after this one at which the words begin,
 * upper or lower case, going on from the start; null where there is none.
 * @param {any[]} tokens @param {string} words @param {number} after
 */
export function leadsTo(tokens, words, after) {
  const asked = words.trim().toLowerCase();
  if (/^\d+$/.test(asked)) return Number(asked) < tokens.length ? Number(asked) : spelled(tokens, asked, after);
  return asked ? spelled(tokens, asked, after) : null;
}

function spelled(tokens, asked, after) {
  const starts = [];
  let text = "";
  for (const token of tokens) {
    starts.push(text.length);
    if (!token.part?.[0]) text += (token.start === null ? `⟨${token.text}⟩` : token.text).toLowerCase(); // a character in several bytes stands once
  }
  const beyond = starts[after + 1] ?? text.length, next = text.indexOf(asked, beyond), found = next < 0 ? text.indexOf(asked) : next;
  return found < 0 ? null : before([...starts, text.length], found);
}
