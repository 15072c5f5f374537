/** Words in another order, and what becomes of each of them. An order is a list of places in the sentence as it was: [3, 1, 2, 0]. */

export const inOrder = (n) => Array.from({length: n}, (_, i) => i);

/** The word at one place taken out and put in at another. */
export function carried(order, from, to) {
  const at = Math.max(0, Math.min(order.length - 1, to)), rest = order.filter((_, i) => i !== from);
  return [...rest.slice(0, at), order[from], ...rest.slice(at)];
}

/** Whether the words stand as before but for where the ring of them begins: all distances are the same where positions go round with the words. */
export const turned = (order) => order.some((word, place) => word !== place) && order.every((word, place) => word === (order[0] + place) % order.length);

/** "我爱吃鱼" -> its characters; "I love eating fish" -> its words */
export const wordsOf = (text) => (text.trim().includes(" ") ? text.trim().split(/\s+/) : Array.from(text.trim()));

/** Such words as one text again. */
export const textOf = (words) => (words.every((word) => /^\p{Script=Han}$/u.test(word)) ? words.join("") : words.join(" "));

/** The edits that set every number of a table to 0 that is not 0 already: without positions, say. matrix: [row, column], the first rows of the weight */
export function erased(weight, {shape: [rows, columns], data}) {
  const edits = [];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) if (data[row * columns + column] !== 0) edits.push({weight, row, column, value: 0});
  }
  return edits;
}

/** Each word's row in two runs, whatever its place in them. before, after: [position][d]; order: of after -> [{word, before, after, apart}] by the word's first place */
export function sameWords(order, before, after) {
  return inOrder(order.length).map((word) => {
    const now = after[order.indexOf(word)];
    return {word, before: before[word], after: now, apart: Math.max(...before[word].map((x, i) => Math.abs(x - now[i])))};
  });
}

/** The rows of a tensor [position, d] as plain numbers. */
export const rowsOf = ({shape: [rows, columns], data}) => inOrder(rows).map((row) => Array.from(data.subarray(row * columns, (row + 1) * columns)));
