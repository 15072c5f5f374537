/** The edits of one sentence one after the other, to go back and forth between them. */

export const BEGUN = {of: null, words: [""], at: 0};

/**
 * The line once these edits are shown. What lies beside the present place was come to by going back or on, with the buttons
 * or in the browser; anything else is new, and what lay ahead is forgotten.
 * @param {string} of the sentence and the model: others begin another line
 */
export function followed(line, of, word) {
  const {words, at} = line;
  if (of !== line.of) return {of, words: [word], at: 0};
  if (word === words[at]) return line;
  if (word === words[at - 1]) return {...line, at: at - 1};
  if (word === words[at + 1]) return {...line, at: at + 1};
  return {of, words: [...words.slice(0, at + 1), word], at: at + 1};
}

/** What a key asks for: Ctrl or Cmd with Z, with Shift and Z, or with Y. -> "undo", "redo" or null */
export function undoing({key, ctrlKey, metaKey, shiftKey, altKey}) {
  if (!(ctrlKey || metaKey) || altKey) return null;
  return {z: shiftKey ? "redo" : "undo", y: "redo"}[key.toLowerCase()] ?? null;
}
