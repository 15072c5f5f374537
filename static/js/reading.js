/** A visitor's file, read in the browser: it goes nowhere else. */
import {attentionsIn} from "./attentions.js";
import {BadFile} from "./bad_file.js";
import * as npz from "./npz.js";
import {decode} from "./safetensors.js";
import {TraceFile, isTrace} from "./trace_file.js";

const LARGEST = 1e9; // bytes: browsers hold no buffer much larger than twice that
const ZIP = 0x504b; // "PK"

/** @param {File} file Throws BadFile. */
export async function readAttentions(file) {
  const {name, size} = file;
  if (size > LARGEST) throw new BadFile((t) => t("{name} is too large: at most {limit} GB. Save fewer layers, or as float16.", {name, limit: LARGEST / 1e9}));
  if (size === 0) throw new BadFile((t) => t("{name} is empty.", {name}));
  const buffer = await bytesOf(file);
  const zipped = size > 1 && new DataView(buffer).getUint16(0) === ZIP;
  const held = zipped ? await npz.decode(buffer) : safetensors(buffer, name);
  return !zipped && isTrace(held) ? new TraceFile(buffer, {name}) : attentionsIn(held, {name, zipped});
}

async function bytesOf(file) {
  try {
    return await file.arrayBuffer();
  } catch {
    throw new BadFile((t) => t("{name} cannot be read: it may have been moved, or be a folder.", {name: file.name}));
  }
}

function safetensors(buffer, name) {
  const begins = new Uint8Array(buffer)[8] === "{".charCodeAt(0); // what is shorter has no ninth byte
  if (!begins || Number(new DataView(buffer).getBigUint64(0, true)) > buffer.byteLength) {
    throw new BadFile((t) => t("{name} is neither a safetensors nor an npz file.", {name}));
  }
  try {
    return decode(buffer);
  } catch {
    throw new BadFile((t) => t("{name} is damaged: its header and its numbers do not belong together.", {name}));
  }
}
