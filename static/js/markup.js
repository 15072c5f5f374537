/** What pictures that are written as SVG share. */

const CODES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"};

/** A text as it stands in markup, between tags or in quotation marks. */
export const escaped = (text) => text.replace(/[&<>"]/g, (character) => CODES[character]);

/** Pixels, as exact as an eye is. */
export const round = (x) => Math.round(x * 100) / 100;
