/** Arrow keys in a list of buttons of which Tab leads to one. */

/** @param {number[]} places what can be chosen, as it stands on the page; each button has its own as data-place */
export function walked(event, places, stop, onPick) {
  const at = places.indexOf(stop);
  const to = places[{ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: places.length - 1}[event.key]];
  if (to === undefined) return;
  event.preventDefault();
  onPick(to);
  event.currentTarget.querySelector(`[data-place="${to}"]`).focus();
}
