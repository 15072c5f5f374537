/** Entries of a model's matrices, as its own and as edits put others there: {weight, row, column, value}. */

/** How large an entry may be, as the server takes it. */
const LARGEST = 100;

/** The number that may be put in place of this one. */
export const within = (x) => Math.max(-LARGEST, Math.min(LARGEST, x));

/** A matrix by any of its names: an edit may say the parameter's. */
const plain = (name) => name.replace(/\.weight$/, "");

/** @param {{weight: string, row: number, column: number}} place */
const at = ({weight, row, column}) => `${plain(weight)}:${row}.${column}`;

/** The edits of entries among all edits. */
export const ofEntries = (edits) => edits.filter((edit) => "weight" in edit);

/** A matrix as these edits leave it. -> {values, changed: whether an entry is not the model's own} */
export function edited(rows, edits, name) {
  const values = rows.map((row) => [...row]);
  for (const edit of ofEntries(edits)) {
    if (plain(edit.weight) === name && edit.row < values.length && edit.column < values[0].length) values[edit.row][edit.column] = edit.value;
  }
  return {values, changed: (row, column) => values[row][column] !== rows[row][column]};
}

/**
 * The edits with this number in the place of an entry.
 * @param {number} own the model's own: to put that there is no edit
 */
export const put = (edits, entry, own) => [
  ...edits.filter((edit) => !("weight" in edit) || at(edit) !== at(entry)), ...(entry.value === own ? [] : [entry])];

/** As it is written under a matrix: "W_Q", "E". */
export function matrixName(name) {
  const last = plain(name).split(".").at(-1);
  return {embed: "E", pos_embed: "P", W_q: "W_Q", W_k: "W_K", W_v: "W_V", W_o: "W_O", W_u: "W_U"}[last] ?? last;
}

/** Whose colour it has. */
export const roleOf = (name) => ({W_Q: "query", W_K: "key", W_V: "value"})[matrixName(name)] ?? "";

/**
 * What its rows and columns stand for: features of the stream, tokens, positions, or numbers alone.
 * @param {{features: string[], words: string[], n: number}} known n: how many rows it has
 */
export function rowsOf(name, {features, words, n}) {
  const numbers = Array.from({length: n}, (_, i) => String(i));
  return {E: words, P: numbers, W_Q: features, W_K: features, W_V: features, W_in: features, W_U: features}[matrixName(name)] ?? numbers;
}

export function columnsOf(name, {features, words, n}) {
  return {E: features, P: features, W_O: features, W_out: features, W_U: words}[matrixName(name)] ?? Array.from({length: n}, (_, i) => String(i));
}

/** A number of entries multiplied and added: row x of what is read, column of W. -> {terms: [{x, w, product}], sum} */
export function multiplied(x, values, column) {
  const terms = Array.from(x, (a, i) => ({x: a, w: values[i][column], product: a * values[i][column]}));
  return {terms, sum: terms.reduce((sum, {product}) => sum + product, 0)};
}
