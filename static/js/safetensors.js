/**
 * The safetensors layout: an 8-byte header length, a JSON header, then raw little-endian numbers.
 * The typed arrays lie over the buffer itself; numbers of two bytes are left as their bits (halves.js reads them).
 */

const ARRAYS = {
  F64: Float64Array, F32: Float32Array, F16: Uint16Array, BF16: Uint16Array, BOOL: Uint8Array,
  I64: BigInt64Array, I32: Int32Array, I16: Int16Array, I8: Int8Array, U64: BigUint64Array, U32: Uint32Array, U16: Uint16Array, U8: Uint8Array,
};

/**
 * @param {ArrayBuffer} buffer
 * @returns {{metadata: Record<string, any>, tensors: Record<string, {shape: number[], dtype: string, data: any}>}}
 * Throws a RangeError or SyntaxError for what is not a safetensors file; so does asking for numbers of a type that is not among ARRAYS.
 */
export function decode(buffer) {
  const length = Number(new DataView(buffer).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, length)));
  const {__metadata__ = {}, ...entries} = header;
  const metadata = Object.fromEntries(Object.entries(__metadata__).map(([name, text]) => [name, parsed(text)]));
  const tensors = {};
  for (const [name, {dtype, shape, data_offsets: [begin, end]}] of Object.entries(entries)) {
    const Kind = ARRAYS[dtype], bytes = new Uint8Array(buffer, 8 + length + begin, end - begin); // a RangeError beyond the end of the file
    if (!shape.every((n) => Number.isInteger(n) && n >= 0)) throw new RangeError(`safetensors: ${name} has no shape`);
    if (Kind && shape.reduce((product, n) => product * n, 1) * Kind.BYTES_PER_ELEMENT !== bytes.length) {
      throw new RangeError(`safetensors: the shape of ${name} is not filled by its bytes`);
    }
    tensors[name] = Kind ? {shape, dtype, data: over(buffer, Kind, bytes.byteOffset, bytes.length / Kind.BYTES_PER_ELEMENT)} : unread(shape, dtype);
  }
  return {metadata, tensors};
}

/** Of a type that is not among ARRAYS: it may stand beside what is wanted. */
const unread = (shape, dtype) => ({shape, dtype, get data() { throw new RangeError(`safetensors: numbers of type ${dtype} are not read here`); }});

/** Numbers over a buffer; a copy where they do not lie at a multiple of their size. */
export function over(buffer, Kind, offset, count) {
  if (offset % Kind.BYTES_PER_ELEMENT === 0) return new Kind(buffer, offset, count);
  return new Kind(buffer.slice(offset, offset + count * Kind.BYTES_PER_ELEMENT));
}

const parsed = (text) => { try { return JSON.parse(text); } catch { return text; } };
