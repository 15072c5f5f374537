/** Searching a vocabulary, in the browser: what is typed goes nowhere. */

const MOST = 24; // that are listed

/**
 * The tokens that stand for these words: the same first, then those that begin so, then those that hold it, shorter ones first.
 * @param {{texts: string[], special: number[]}} vocabulary
 * @returns {{id: number, text: string}[]}
 */
export function sought({texts, special}, words) {
  const hidden = new Set(special), asked = words.toLowerCase(), trimmed = asked.trim();
  if (!trimmed) return [];
  const rank = (text) => {
    const plain = text.toLowerCase();
    if (text === words) return 0;
    if (plain.trim() === trimmed) return 1;
    return plain.trim().startsWith(trimmed) ? 2 : plain.includes(asked) ? 3 : 4;
  };
  return texts.map((text, id) => ({id, text, rank: hidden.has(id) ? 4 : rank(text)})).filter((one) => one.rank < 4)
    .sort((a, b) => a.rank - b.rank || a.text.length - b.text.length || a.id - b.id).slice(0, MOST).map(({id, text}) => ({id, text}));
}

/** The id of the token that hides a word; null where the model has none. */
export const hiding = ({texts, special}) => special.find((id) => texts[id] === "<mask>") ?? null;
