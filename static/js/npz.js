/** NumPy's npz: a zip of npy files, each a header that is a Python dict, then raw numbers or characters. */
import {BadFile} from "./bad_file.js";
import {over} from "./safetensors.js";

const NUMBERS = {"<f8": [Float64Array, "F64"], "<f4": [Float32Array, "F32"], "<f2": [Uint16Array, "F16"]}; // as safetensors calls them
const SORTS = {b: "bool", i: "int", u: "uint", f: "float", c: "complex"};
const MOST = 2e9; // bytes of all arrays: browsers hold hardly more
const TEXTS = ["tokens", "query_tokens", "key_tokens"];

/**
 * As safetensors.js has it, the tokens as the metadata. Numbers are read when they are asked for: a file may hold other arrays,
 * of any type.
 * @param {ArrayBuffer} buffer
 * Throws BadFile, as does asking for numbers that cannot be read.
 */
export async function decode(buffer) {
  const {unzipSync} = await import("fflate");
  let entries, unpacked = 0;
  try {
    entries = unzipSync(new Uint8Array(buffer), {filter: ({name, originalSize}) => {
      if (!name.endsWith(".npy")) return false;
      unpacked += originalSize;
      if (unpacked > MOST) throw tooLarge;
      return true;
    }});
  } catch (error) {
    throw error === tooLarge ? error : new BadFile((t) => t("The npz file is damaged: it cannot be unpacked."));
  }
  if (!Object.keys(entries).length) {
    throw new BadFile((t) => t("This archive holds no NumPy array. PyTorch's own files (.pt, .bin) are not read: save the attentions with safetensors or numpy.savez."));
  }
  const tensors = {}, metadata = {};
  for (const [path, bytes] of Object.entries(entries)) {
    const name = path.replace(/\.npy$/, ""), head = header(name, bytes);
    if (TEXTS.includes(name)) metadata[name] = texts(name, bytes, head);
    else tensors[name] = {shape: head.shape, dtype: typeOf(head.descr), get data() { return numbers(name, bytes, head); }};
  }
  return {tensors, metadata};
}

const tooLarge = new BadFile((t) => t("Unpacked, the arrays of this npz file are over {limit} GB: save fewer layers, or as float16, and nothing beside the attentions and their tokens.", {limit: MOST / 1e9}));

/** "F32" where the numbers are read here, else what NumPy calls them. */
function typeOf(descr) {
  if (descr === undefined) return "records";
  if (descr.includes("O")) return "objects";
  const [, sort, bytes] = /^[<|]([biufc])(\d+)$/.exec(descr) ?? [];
  return NUMBERS[descr]?.[1] ?? (sort ? `${SORTS[sort]}${sort === "b" ? "" : 8 * bytes}` : descr);
}

function numbers(name, bytes, {descr, fortran, shape, offset}) {
  if (fortran && shape.length > 1) {
    throw new BadFile((t) => t("“{name}” lies column by column: save numpy.ascontiguousarray of it.", {name}));
  }
  return array(name, bytes, NUMBERS[descr][0], offset, size(shape));
}

/** Each text is padded with zeros to the same number of characters. */
function texts(name, bytes, {descr, shape, offset}) {
  if (descr?.includes("O")) {
    throw new BadFile((t) => t("“{name}” was saved as Python objects: save it as plain text, numpy.array(tokens, dtype=str).", {name}));
  }
  const width = Number(/^<U(\d+)$/.exec(descr)?.[1]);
  if (!width) throw new BadFile((t) => t("“{name}” holds no texts: save it as plain text, numpy.array(tokens, dtype=str).", {name}));
  const codes = array(name, bytes, Uint32Array, offset, size(shape) * width);
  return Array.from({length: size(shape)}, (_, i) => String.fromCodePoint(...codes.subarray(i * width, (i + 1) * width)).replace(/\0+$/, ""));
}

const size = (shape) => shape.reduce((product, n) => product * n, 1);

function array(name, bytes, Kind, offset, count) {
  if (offset + count * Kind.BYTES_PER_ELEMENT > bytes.length) throw damaged(name);
  return over(bytes.buffer, Kind, bytes.byteOffset + offset, count);
}

/** @param {Uint8Array} bytes of an npy file (NumPy's format.py: magic, version, length of the dict, dict) */
function header(name, bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length < 12 || view.getUint32(0) !== 0x934e554d) throw damaged(name); // "\x93NUM"
  const [start, length] = bytes[6] === 1 ? [10, view.getUint16(8, true)] : [12, view.getUint32(8, true)];
  const dict = new TextDecoder().decode(bytes.subarray(start, start + length));
  const descr = /'descr': *'([^']+)'/.exec(dict)?.[1], shape = /'shape': *\(([^)]*)\)/.exec(dict)?.[1];
  if (shape === undefined || !/^[\d, ]*$/.test(shape)) throw damaged(name);
  return {descr, fortran: /'fortran_order': *True/.test(dict), offset: start + length,
    shape: shape.split(",").filter((n) => n.trim()).map(Number)};
}

const damaged = (name) => new BadFile((t) => t("The array “{name}” is damaged: it is shorter than it says.", {name}));
