import { NacreError } from "@nacre/errors";

/** A tensor as files hold it; F16 is read to float32. */
export type StoredTensor = {
  shape: readonly number[];
  data: Float32Array | Int32Array | BigInt64Array | Uint8Array;
};

/** Element types of the safetensors format that we read and write. */
export type StoredType = "F32" | "F16" | "I32" | "I64" | "U8";

const longestHeader = 100_000_000;
const bytesPer: Record<StoredType, number> = { F32: 4, F16: 2, I32: 4, I64: 8, U8: 1 };

/**
 * The bytes of a safetensors file; equal tensors give equal bytes.
 *
 * half      writes float32 tensors as fp16, rounded to nearest even
 * metadata  text by name
 */
export function writeSafetensors(
  tensors: Readonly<Record<string, StoredTensor>>,
  { half = false, metadata = {} }: { half?: boolean; metadata?: Readonly<Record<string, string>> } = {},
): Uint8Array {
  const header: Record<string, unknown> = {};
  if (Object.keys(metadata).length > 0) header.__metadata__ = metadata;
  let at = 0;
  const parts: { at: number; bytes: Uint8Array }[] = [];
  for (const [name, { shape, data }] of Object.entries(tensors)) {
    const type = typeOf(data, half);
    const bytes = type === "F16" ? bytesOf(Uint16Array.from(data as Float32Array, toHalf)) : bytesOf(data);
    header[name] = { dtype: type, shape, data_offsets: [at, at + bytes.length] };
    parts.push({ at, bytes });
    at += bytes.length;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const start = Math.ceil((8 + json.length) / 8) * 8;
  const file = new Uint8Array(start + at).fill(0x20, 8, start);
  new DataView(file.buffer).setBigUint64(0, BigInt(start - 8), true);
  file.set(json, 8);
  for (const part of parts) file.set(part.bytes, start + part.at);
  return file;
}

/**
 * Tensors of a safetensors file, by name.
 *
 * throws NacreError "model" when the file is damaged, cut or of a type that is not known
 */
export function readSafetensors(file: Uint8Array): {
  tensors: Record<string, StoredTensor>;
  metadata: Record<string, string>;
} {
  const { header, start } = readHeader(file);
  const tensors: Record<string, StoredTensor> = {};
  let metadata: Record<string, string> = {};
  for (const [name, entry] of Object.entries(header)) {
    if (name === "__metadata__") metadata = entry as Record<string, string>;
    else tensors[name] = readTensor(name, entry, file.subarray(start));
  }
  return { tensors, metadata };
}

function readHeader(file: Uint8Array): { header: Record<string, unknown>; start: number } {
  if (file.length < 8) throw damaged(`${file.length} bytes`);
  const length = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
  if (length > longestHeader || 8 + length > file.length) throw damaged(`a header of ${length} bytes`);
  try {
    const header: unknown = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length)));
    if (typeof header === "object" && header !== null) return { header: { ...header }, start: 8 + length };
  } catch {
    // Falls through to the same sentence.
  }
  throw damaged("a header that is not JSON");
}

function readTensor(name: string, entry: unknown, body: Uint8Array): StoredTensor {
  const { dtype, shape, data_offsets: offsets } = (entry ?? {}) as Record<string, unknown>;
  if (typeof dtype !== "string" || !(dtype in bytesPer))
    throw damaged(`tensor "${name}" of type ${String(dtype)}`);
  if (!isSizes(shape) || !isSizes(offsets) || offsets.length !== 2)
    throw damaged(`tensor "${name}" without sizes`);
  const type = dtype as StoredType;
  const [from, to] = offsets as [number, number];
  const count = shape.reduce((product, size) => product * size, 1);
  if (to > body.length || to - from !== count * bytesPer[type])
    throw damaged(`tensor "${name}" beyond the file's end`);
  return { shape, data: arrayOf(type, new Uint8Array(body.subarray(from, to))) };
}

function arrayOf(type: StoredType, { buffer }: Uint8Array): StoredTensor["data"] {
  if (type === "F32") return new Float32Array(buffer);
  if (type === "F16") return Float32Array.from(new Uint16Array(buffer), fromHalf);
  if (type === "I32") return new Int32Array(buffer);
  return type === "I64" ? new BigInt64Array(buffer) : new Uint8Array(buffer);
}

function typeOf(data: StoredTensor["data"], half: boolean): StoredType {
  if (data instanceof Float32Array) return half ? "F16" : "F32";
  if (data instanceof Int32Array) return "I32";
  return data instanceof BigInt64Array ? "I64" : "U8";
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

function bytesOf(data: ArrayBufferView): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

function damaged(found: string): NacreError {
  return new NacreError("model", {
    found: `weights with ${found}`,
    expected: "a whole safetensors file",
    mend: "get the model again",
  });
}

const floatView = new Float32Array(1);
const bitView = new Uint32Array(floatView.buffer);

/** The nearest IEEE 754 half, ties to even, as bits; beyond its range infinity. */
export function toHalf(value: number): number {
  floatView[0] = value;
  const bits = bitView[0]!;
  const sign = (bits >>> 16) & 0x8000;
  const exponent = (bits >>> 23) & 0xff;
  const mantissa = bits & 0x7fffff;
  if (exponent === 0xff) return sign | 0x7c00 | (mantissa ? 0x200 : 0);
  const shifted = exponent - 112;
  if (shifted >= 31) return sign | 0x7c00;
  if (shifted <= 0) {
    if (shifted < -10) return sign;
    return sign | roundShift(mantissa | 0x800000, 14 - shifted);
  }
  // A carry out of the mantissa raises the exponent, which is the right rounding.
  return sign | ((shifted << 10) + roundShift(mantissa, 13));
}

function roundShift(value: number, shift: number): number {
  const low = value & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  const result = value >>> shift;
  return low > half || (low === half && result & 1) ? result + 1 : result;
}

/** The number that half bits stand for. */
export function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 0x1f;
  const mantissa = bits & 0x3ff;
  if (exponent === 31) return mantissa ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  if (exponent === 0) return sign * mantissa * 2 ** -24;
  return sign * (1 + mantissa / 1024) * 2 ** (exponent - 15);
}
