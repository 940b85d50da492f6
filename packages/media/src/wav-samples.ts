import WavDecoder from "wav-decoder";
import type { WavFormat } from "./wav-format.js";

/**
 * Turns whole frames of a WAV file into samples.
 *
 * bytes    frames * channelCount * containerBytes
 * returns  one array per channel; integers become value / 2^(bits - 1), so in -1 .. 1
 *
 * `wav-decoder` does the conversion. It is handed the four storages that it reads right (16 and 32 bit
 * integers, 32 and 64 bit floats); every other is widened to one of them first, which loses nothing
 * that a 32-bit float could hold.
 */
export function decodeFrames(bytes: Uint8Array, format: WavFormat): Float32Array[] {
  const count = bytes.length / format.containerBytes;
  const plain = plainStorage(format);
  const file = new ArrayBuffer(headerBytes + count * plain.bytes);
  writeHeader(new DataView(file), format, plain);
  fill(new Uint8Array(file, headerBytes), bytes, format, plain.bytes);
  return WavDecoder.decode.sync(file, { symmetric: true }).channelData;
}

type PlainStorage = { float: boolean; bytes: number };

const headerBytes = 44;

function plainStorage({ encoding, usedBytes }: WavFormat): PlainStorage {
  if (encoding === "float") return { float: true, bytes: usedBytes };
  return { float: false, bytes: usedBytes <= 2 ? 2 : 4 };
}

function writeHeader(view: DataView, { channelCount, sampleRate }: WavFormat, plain: PlainStorage): void {
  const frame = channelCount * plain.bytes;
  view.setUint32(0, 0x52494646); // RIFF
  view.setUint32(4, view.byteLength - 8, true);
  view.setUint32(8, 0x57415645); // WAVE
  view.setUint32(12, 0x666d7420); // fmt
  view.setUint32(16, 16, true);
  view.setUint16(20, plain.float ? 3 : 1, true);
  view.setUint16(22, channelCount, true);
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, (sampleRate * frame) % 2 ** 32, true);
  view.setUint16(32, frame, true);
  view.setUint16(34, 8 * plain.bytes, true);
  view.setUint32(36, 0x64617461); // data
  view.setUint32(40, view.byteLength - headerBytes, true);
}

function fill(target: Uint8Array, bytes: Uint8Array, format: WavFormat, plainBytes: number): void {
  const { containerBytes, bigEndian, encoding } = format;
  const little = bigEndian ? reversed(bytes, containerBytes) : bytes;
  if (encoding === "a-law" || encoding === "mu-law") expand(target, bytes, tables[encoding]);
  else if (containerBytes === plainBytes && format.usedBytes === plainBytes) target.set(little);
  else if (containerBytes === 1) offsetBinary(target, little);
  else moveHighBytes(target, little, format, plainBytes);
}

/** WAV's 8-bit samples count from 128; 16-bit ones from 0. */
function offsetBinary(target: Uint8Array, bytes: Uint8Array): void {
  for (const [index, byte] of bytes.entries()) target[2 * index + 1] = byte ^ 0x80;
}

/** Keeps the high bytes of each sample, so that full scale stays full scale. */
function moveHighBytes(target: Uint8Array, bytes: Uint8Array, format: WavFormat, plainBytes: number): void {
  const { containerBytes, usedBytes } = format;
  const kept = Math.min(usedBytes, plainBytes);
  const count = bytes.length / containerBytes;
  for (let index = 0; index < count; index++) {
    const from = index * containerBytes + usedBytes - kept;
    const to = (index + 1) * plainBytes - kept;
    for (let byte = 0; byte < kept; byte++) target[to + byte] = bytes[from + byte]!;
  }
}

function reversed(bytes: Uint8Array, width: number): Uint8Array {
  const copy = bytes.slice();
  for (let at = 0; at < copy.length; at += width) copy.subarray(at, at + width).reverse();
  return copy;
}

function expand(target: Uint8Array, bytes: Uint8Array, table: Int16Array): void {
  const view = new DataView(target.buffer, target.byteOffset, target.byteLength);
  for (const [index, byte] of bytes.entries()) view.setInt16(2 * index, table[byte]!, true);
}

// ITU-T G.711: sign, three bits of exponent, four of mantissa.
const tables = {
  "mu-law": Int16Array.from({ length: 256 }, (_, byte) => {
    const code = ~byte & 0xff;
    const size = (((code & 15) << 3) + 0x84) << ((code >> 4) & 7);
    return code & 0x80 ? 0x84 - size : size - 0x84;
  }),
  "a-law": Int16Array.from({ length: 256 }, (_, byte) => {
    const code = byte ^ 0x55;
    const exponent = (code >> 4) & 7;
    const mantissa = ((code & 15) << 4) + 8;
    const size = exponent === 0 ? mantissa : (mantissa + 0x100) << (exponent - 1);
    return code & 0x80 ? size : -size;
  }),
};
