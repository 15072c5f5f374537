/** Words of a sentence: the tokens that stand for one together. */
import {language} from "./labels.js";

const MARKS = /^[\p{P}\p{S}\s]+$/u;

/**
 * The positions of the word that a token belongs to. In English a token with a space before it begins one, in Chinese every token
 * is one, and so is punctuation; the bytes of a rare character belong together.
 * @param {any[]} tokens of the sentence, special ones included
 * @returns {number[]}
 */
export function wordAt(tokens, position) {
  let from = position, to = position + 1;
  while (goesOn(tokens[from - 1], tokens[from])) from--;
  while (goesOn(tokens[to - 1], tokens[to])) to++;
  return Array.from({length: to - from}, (_, i) => from + i);
}

function goesOn(before, token) {
  if (!before || !token || before.start === null || token.start === null) return false;
  if (token.part?.[0] > 0) return true;
  return !/^\s/.test(token.text) && !alone(before) && !alone(token);
}

const alone = ({text}) => MARKS.test(text) || language(text) !== "en";

/** What these tokens spell. A character in several bytes stands in each of them. */
export const spelt = (tokens) => tokens.filter(({part}) => !part?.[0]).map(({text}) => text).join("").trim();
