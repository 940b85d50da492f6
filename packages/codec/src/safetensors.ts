import { NacreError } from "@nacre/errors";
import { fromByteWeights, toByteWeights } from "./byte-weights.js";
import { fromHalves, toHalf } from "./half.js";

/** A tensor as files hold it; F16, and I8 with a scale beside it, are read to float32. */
export type StoredTensor = {
  shape: readonly number[];
  data: Float32Array | Int32Array | BigInt64Array | Uint8Array | Int8Array;
};

/** Element types of the safetensors format that we read and write. */
export type StoredType = "F32" | "F16" | "I32" | "I64" | "U8" | "I8";

/** Bits of a float weight in a file. With 8, tensors that would suffer keep 16: see `toByteWeights`. */
export type WeightBits = 32 | 16 | 8;

/** Ends the name of the tensor of scales beside one of bytes. */
const scaleEnding = ".scale";
const longestHeader = 100_000_000;
const bytesPer: Record<StoredType, number> = { F32: 4, F16: 2, I32: 4, I64: 8, U8: 1, I8: 1 };

/**
 * The bytes of a safetensors file; equal tensors give equal bytes.
 *
 * bits      of float32 tensors: 16 rounds to nearest even, 8 stores bytes I8 and beside them, as "name.scale", F16 scales
 *           [...] with 1 for each axis that they do not vary along
 * metadata  text by name
 */
export function writeSafetensors(
  tensors: Readonly<Record<string, StoredTensor>>,
  { bits = 32, metadata = {} }: { bits?: WeightBits; metadata?: Readonly<Record<string, string>> } = {},
): Uint8Array {
  const header: Record<string, unknown> = {};
  if (Object.keys(metadata).length > 0) header.__metadata__ = metadata;
  let at = 0;
  const parts: { at: number; bytes: Uint8Array }[] = [];
  for (const [name, { shape, data }] of bits === 8 ? inBytes(tensors) : Object.entries(tensors)) {
    const type = typeOf(data, bits < 32);
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
  const { __metadata__: metadata = {}, ...entries } = header;
  if (!isTexts(metadata)) throw damaged("metadata that are no texts");
  const body = file.subarray(start);
  let total = 0;
  const tensors = Object.entries(entries).map(([name, entry]): [string, StoredTensor] => {
    const place = placeOf(name, entry, body.length);
    total += place.to - place.from;
    // A thousand tensors over the same bytes would take a thousand times the file's memory.
    if (total > body.length) throw damaged("tensors that overlap");
    return [name, { shape: place.shape, data: arrayOf(place.type, copyOf(body, place)) }];
  });
  return { tensors: scaled(Object.fromEntries(tensors)), metadata };
}

function inBytes(tensors: Readonly<Record<string, StoredTensor>>): [string, StoredTensor][] {
  return Object.entries(tensors).flatMap(([name, tensor]): [string, StoredTensor][] => {
    const stored = toByteWeights(tensor);
    if (!stored) return [[name, tensor]];
    return [
      [name, stored.bytes],
      [name + scaleEnding, stored.scale],
    ];
  });
}

/** Bytes with a scale beside them become the weights they stand for; all other tensors stay. */
function scaled(tensors: Record<string, StoredTensor>): Record<string, StoredTensor> {
  for (const [name, bytes] of Object.entries(tensors)) {
    const scale = tensors[name + scaleEnding];
    if (!(bytes.data instanceof Int8Array) || scale === undefined) continue;
    const weights = fromByteWeights({ bytes, scale });
    if (!weights) throw damaged(`a scale of shape [${scale.shape.join(", ")}] beside "${name}"`);
    tensors[name] = weights;
    delete tensors[name + scaleEnding];
  }
  return tensors;
}

function readHeader(file: Uint8Array): { header: Record<string, unknown>; start: number } {
  if (file.length < 8) throw damaged(`${file.length} bytes`);
  const length = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
  if (length > longestHeader || 8 + length > file.length) throw damaged(`a header of ${length} bytes`);
  try {
    const header: unknown = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length)));
    if (typeof header === "object" && header !== null && !Array.isArray(header))
      return { header: { ...header }, start: 8 + length };
  } catch {
    // Falls through to the same sentence.
  }
  throw damaged("a header that is not JSON");
}

type Place = { type: StoredType; shape: number[]; from: number; to: number };

function placeOf(name: string, entry: unknown, size: number): Place {
  const { dtype, shape, data_offsets: offsets } = (entry ?? {}) as Record<string, unknown>;
  if (typeof dtype !== "string" || !Object.hasOwn(bytesPer, dtype))
    throw damaged(`tensor "${name}" of type ${String(dtype)}`);
  if (!isSizes(shape) || !isSizes(offsets) || offsets.length !== 2)
    throw damaged(`tensor "${name}" without sizes`);
  const type = dtype as StoredType;
  const [from, to] = offsets as [number, number];
  const count = shape.reduce((product, each) => product * each, 1);
  if (to > size || to - from !== count * bytesPer[type])
    throw damaged(`tensor "${name}" beyond the file's end`);
  return { type, shape, from, to };
}

// Not slice: a Node Buffer's is no copy.
function copyOf(body: Uint8Array, { from, to }: Place): Uint8Array {
  return new Uint8Array(body.subarray(from, to));
}

function isTexts(value: unknown): value is Record<string, string> {
  return (
    typeof value === "object" &&
    value !== null &&
    Object.values(value).every((text) => typeof text === "string")
  );
}

function arrayOf(type: StoredType, { buffer }: Uint8Array): StoredTensor["data"] {
  if (type === "F32") return new Float32Array(buffer);
  if (type === "F16") return fromHalves(new Uint16Array(buffer));
  if (type === "I32") return new Int32Array(buffer);
  if (type === "I8") return new Int8Array(buffer);
  return type === "I64" ? new BigInt64Array(buffer) : new Uint8Array(buffer);
}

function typeOf(data: StoredTensor["data"], half: boolean): StoredType {
  if (data instanceof Float32Array) return half ? "F16" : "F32";
  if (data instanceof Int32Array) return "I32";
  if (data instanceof Int8Array) return "I8";
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
