/** Where the numbers of a training's curve stand in a drawing: steps from left to right, scores from 0 at the bottom to 1 at the top. */

/** @param {{left: number, right: number, top: number, bottom: number}} frame in pixels */
export function plotOf({left, right, top, bottom}) {
  const x = (place) => left + (right - left) * place, y = (score) => bottom - (bottom - top) * score;
  return {x, y, line: (points) => `M${points.map(([place, score]) => `${x(place).toFixed(1)} ${y(score).toFixed(1)}`).join("L")}`};
}
