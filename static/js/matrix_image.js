/** A matrix as an image of a pixel for each cell, in the colours of paper; what is hidden stays transparent. */
import {painted, tableOf} from "./colour_table.js";

const BAND = 64; // rows at a time, between which the page goes on

/** @param {{rows: string[], columns: string[], row: (i: number) => (number|null)[]}} matrix @param {string} view as print.js has it -> data: address of a PNG */
export async function matrixImage({rows, columns, row}, view) {
  const values = new Float32Array(rows.length * columns.length), signed = view !== "weights" && view !== "values";
  let largest = view === "weights" ? 1 : 1e-9;
  for (let at = 0; at < rows.length; at++) {
    values.set(row(at).map((x) => x ?? NaN), at * columns.length);
    if (view !== "weights") for (let i = at * columns.length; i < (at + 1) * columns.length; i++) if (Math.abs(values[i]) > largest) largest = Math.abs(values[i]);
    if (at % BAND === 0) await breath();
  }
  const canvas = Object.assign(document.createElement("canvas"), {width: columns.length, height: rows.length}), context = canvas.getContext("2d");
  const table = tableOf("light", [signed ? -largest : 0, largest]);
  for (let top = 0; top < rows.length; top += BAND) {
    const place = {top, left: 0, height: Math.min(BAND, rows.length - top), width: columns.length};
    context.putImageData(new ImageData(painted({values, columns: columns.length}, place, table), place.width), 0, top);
  }
  return canvas.toDataURL("image/png");
}

const breath = () => new Promise((done) => { setTimeout(done); });
