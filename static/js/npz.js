/** NumPy's npz: a zip of npy files, each a header that is a Python dict, then raw numbers or characters. */
import {BadFile} from "./bad_file.js";
import {over} from "./safetensors.js";

const NUMBERS = {"<f8": Float64Array, "<f4": Float32Array, "<f2": Uint16Array, "|u1": Uint8Array, "<i4": Int32Array, "<i8": BigInt64Array};
const DTYPES = {"<f8": "F64", "<f4": "F32", "<f2": "F16", "|u1": "U8", "<i4": "I32", "<i8": "I64"}; // as safetensors calls them

const TEXTS = ["tokens", "query_tokens", "key_tokens"];

/**
 * As safetensors.js has it, the tokens as the metadata. Numbers are read when they are asked for: a file may hold other arrays,
 * of any type.
 * @param {ArrayBuffer} buffer
 * Throws BadFile, as does asking for numbers that cannot be read.
 */
export async function decode(buffer) {
  const {unzipSync} = await import("fflate");
  let entries;
  try {
    entries = unzipSync(new Uint8Array(buffer), {filter: ({name}) => name.endsWith(".npy")});
  } catch {
    throw new BadFile((t) => t("The npz file is damaged: it cannot be unpacked."));
  }
  if (!Object.keys(entries).length) {
    throw new BadFile((t) => t("This archive holds no NumPy array. PyTorch's own files (.pt, .bin) are not read: save the attentions with safetensors or numpy.savez."));
  }
  const tensors = {}, metadata = {};
  for (const [path, bytes] of Object.entries(entries)) {
    const name = path.replace(/\.npy$/, ""), head = header(name, bytes);
    if (TEXTS.includes(name)) metadata[name] = array(name, bytes, head).texts;
    else tensors[name] = {shape: head.shape, dtype: DTYPES[head.descr] ?? head.descr, get data() { return array(name, bytes, head).data; }};
  }
  return {tensors, metadata};
}

function array(name, bytes, {descr, fortran, shape, offset}) {
  if (descr === undefined) throw new BadFile((t) => t("“{name}” holds records, not a plain array of numbers.", {name}));
  const count = shape.reduce((product, n) => product * n, 1), characters = /^<U(\d+)$/.exec(descr)?.[1];
  if (descr.includes("O")) {
    throw new BadFile((t) => t("“{name}” was saved as Python objects: save it as plain text, numpy.array(tokens, dtype=str).", {name}));
  }
  const Kind = characters ? Uint32Array : NUMBERS[descr];
  if (!Kind) throw new BadFile((t) => t("“{name}” holds numbers of type {type}, which are not read here: save it as float32.", {name, type: descr}));
  if (fortran && shape.length > 1) {
    throw new BadFile((t) => t("“{name}” lies column by column: save numpy.ascontiguousarray of it.", {name}));
  }
  const length = count * (characters ? Number(characters) : 1);
  if (offset + length * Kind.BYTES_PER_ELEMENT > bytes.length) throw damaged(name);
  const data = over(bytes.buffer, Kind, bytes.byteOffset + offset, length);
  if (characters) return {texts: texts(data, Number(characters))};
  return {shape, dtype: DTYPES[descr], data};
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

/** Each text is padded with zeros to the same number of characters. */
function texts(codes, width) {
  return Array.from({length: codes.length / width}, (_, i) =>
    String.fromCodePoint(...codes.subarray(i * width, (i + 1) * width)).replace(/\0+$/, ""));
}

const damaged = (name) => new BadFile((t) => t("The array “{name}” is damaged: it is shorter than it says.", {name}));
