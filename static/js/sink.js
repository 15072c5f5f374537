/**
 * The first position, where many heads leave the weight that they have no use for (Xiao et al. 2023: an attention sink).
 * Hiding it only leaves its column out: no weight is changed and no colour means anything else.
 */

export const SINKS = ["shown", "hidden"];
export const FIRST = 0;

/** A matrix without the numbers of its first column; its other cells stay where they are. */
export const withoutFirst = (rows) => rows.map((row) => row.map((x, column) => (column === FIRST ? null : x)));
