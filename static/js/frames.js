/** What the figures of a page may take of a frame, all of them together: the rest of it is for drawing. */

const WORK = 12; // ms
let frame = -1, end = 0;

/**
 * Until when the work of a frame may go on, whoever asks.
 * @param {number} stamp of the frame, as requestAnimationFrame tells every one of its callbacks @param {() => number} clock ms
 */
export function shareOf(stamp, clock = () => performance.now()) {
  if (stamp !== frame) [frame, end] = [stamp, clock() + WORK];
  return end;
}
