/** What a decoder computes anew for each token, with a cache and without; and whether what it has read stays as it was. */
import {apart} from "./layers.js";

/** Dot products of one head for the token at place n, counted from 1: its query alone meets n keys, or all n queries meet them. */
export const DOTS = {cached: (n) => n, anew: (n) => n * n};

/** Of the first n tokens together. */
export function dots(way, n) {
  let sum = 0;
  for (let place = 1; place <= n; place++) sum += DOTS[way](place);
  return sum;
}

/** How far each row [position, feature] that both runs have is apart, at most. -> [position] */
export function rowsApart(before, after) {
  const width = before.shape[1], rows = Math.min(before.shape[0], after.shape[0]);
  return Array.from({length: rows}, (_, i) => apart(before.data.subarray(i * width, (i + 1) * width), after.data.subarray(i * width, (i + 1) * width)));
}

/** How far the probabilities that were told of a draw are from those of a run that began anew: the largest difference. */
export const toldApart = (told, probabilities) => told.reduce((most, {id, probability}) => Math.max(most, Math.abs(probability - probabilities[id])), 0);

/** One position of a tensor [head, position, d_head], head after head. -> [head][d_head] */
export function atPosition({shape: [heads, positions, width], data}, position) {
  return Array.from({length: heads}, (_, head) => Array.from(data.subarray((head * positions + position) * width, (head * positions + position + 1) * width)));
}
