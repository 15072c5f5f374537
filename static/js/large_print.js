/** The matrices of a long text for print: a picture of a pixel for each cell, with as many labels beside it as can be read. */
import {ems} from "./labels.js";
import {escaped, round} from "./markup.js";

const CELL = 14, SIZE = 10, EM = 12, MARGIN = 40; // pixels
const LONGEST = 15_000; // pixels of all cells: no browser draws much more
const FEATURES = new Set(["qkv", "features"]);

/**
 * @param {{name: string, rows: string[], columns: string[], picture: string}[]} matrices one below the other; picture: its cells as an address of an image
 * @param {{title: string, rowAxis: string, columnAxis: string, font: string}} words
 * @returns {{svg: string, width: number, height: number}}
 */
export function largePrint(matrices, view, {title, rowAxis, columnAxis, font}) {
  const most = Math.max(...matrices.map(({columns}) => columns.length)), all = matrices.reduce((sum, {rows}) => sum + rows.length, 0), features = FEATURES.has(view);
  const wide = Math.min(CELL, LONGEST / most, features ? CELL : LONGEST / all), high = features ? Math.min(CELL, LONGEST / all) : wide;
  const room = (labels) => EM * Math.max(...labels.map(ems)) + MARGIN / 2, left = MARGIN + room(matrices.flatMap(({rows}) => rows));
  const parts = [];
  let top = MARGIN;
  for (const {name, rows, columns, picture} of matrices) {
    const above = room(columns) + MARGIN, width = round(wide * columns.length), height = round(high * rows.length), down = features ? name.toUpperCase() : rowAxis;
    parts.push(`<g transform="translate(${round(left)},${round(top + above)})"><rect width="${width}" height="${height}" fill="#d9d6cf"/>`
      + `<image href="${picture}" width="${width}" height="${height}" preserveAspectRatio="none" image-rendering="pixelated"/>`
      + `<text x="0" y="${round(-above + 24)}" font-size="13">${escaped(columnAxis)}</text>`
      + `<text transform="translate(${round(-left + 20)},0) rotate(-90)" text-anchor="end" font-size="13">${escaped(down)}</text>`
      + read(rows, high).map(([text, at]) => `<text x="-4" y="${at}" text-anchor="end" dy="0.35em">${escaped(text)}</text>`).join("")
      + read(columns, wide).map(([text, at]) => `<text transform="translate(${at},-4) rotate(-90)" dy="0.35em">${escaped(text)}</text>`).join("") + "</g>");
    top += above + height;
  }
  const width = Math.ceil(left + wide * most + MARGIN), height = Math.ceil(top + MARGIN);
  return {width, height, svg: `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${escaped(font)}" font-size="${SIZE}" fill="#1b1c1e">`
    + `<rect width="100%" height="100%" fill="#ffffff"/><text x="16" y="26" font-size="13">${escaped(title)}</text>${parts.join("")}</svg>`};
}

/** The labels that do not touch each other, and where they stand: [text, pixels][] */
function read(labels, cell) {
  const step = Math.ceil((SIZE + 1) / cell);
  return labels.flatMap((text, i) => (i % step ? [] : [[text, round((i + 0.5) * cell)]]));
}
