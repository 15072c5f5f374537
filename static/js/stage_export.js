/** What a stage of the forward pass draws, to be taken away: {name, rows, columns: labels, row}, as exports.js has a view's. */
import {matricesAt} from "./at_stage.js";
import {WORKED, attended} from "./attended.js";
import {label} from "./labels.js";

/** @param {{trace: any, stage: any, site: any, head: number}} given -> none for a stage that is read in words */
export function matricesOfStage({trace, stage, site, head}) {
  const labels = (tokens) => tokens.map((token, i) => `${i}: ${label(token)}`), axis = (name) => labels(trace.along(site, name));
  if (stage.kind in WORKED) {
    const work = attended(trace.head(site, head)), rows = work[WORKED[stage.kind]], hides = ["mask", "softmax"].includes(stage.kind);
    const row = (i) => Array.from(rows[i], (x, j) => (hides && work.masked[i][j] === -Infinity ? null : x));
    return [{name: stage.kind, rows: axis("query"), columns: axis("key"), row}];
  }
  return matricesAt({trace, stage, site, head}).map(({title, axis: of, matrix}) => ({
    name: `${title} (${matrix.name.split(".").at(-1)})`, rows: of ? axis(["key", "value"].includes(of) ? "key" : "query") : labels(trace.tokens[stage.side]),
    columns: Array.from({length: matrix.columns}, (_, i) => String(i)), row: (i) => Array.from(matrix.row(i)),
  }));
}

/** How print.js colours a stage. */
export const viewOfStage = ({kind}) => (kind === "softmax" ? "weights" : kind in WORKED ? "scores" : "features");
