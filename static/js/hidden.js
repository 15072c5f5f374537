/** What is hidden from an encoder: positions at which <mask> stands in place of the sentence's own token. */
import {swapped} from "./edits.js";

/** A typed "<mask>" is plain text, and has a place in it. */
export const isHidden = (token) => token.start === null && token.text === "<mask>";

/** @returns {number[]} positions */
export const hiddenAt = (tokens) => tokens.flatMap((token, i) => (isHidden(token) ? [i] : []));

/** The edits with this token at each of these positions. token: its id, null for the sentence's own */
export const withToken = (edits, positions, token) => positions.reduce((list, swap) => swapped(list, {swap, side: "source", token}), edits);

/** The position of these that is nearest, the left one of two; undefined where there is none. */
export const nearest = (positions, to) => [...positions].sort((a, b) => Math.abs(a - to) - Math.abs(b - to) || a - b)[0];

/** The place of a token among the likeliest, from 1 on; null where it is not among those that were sent. */
export const rankOf = (predictions, id) => predictions.findIndex((one) => one.id === id) + 1 || null;
