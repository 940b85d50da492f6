import { decodeSymbols, encodeSymbols, type SymbolTable, symbolTableFromCounts } from "@nacre/entropy";
import { NacreError } from "@nacre/errors";
import type { PicturePlane } from "@nacre/signal";

/**
 * A plane without loss: each sample is predicted from the ones to the left, above and between (median edge
 * detector, Weinberger et al. 2000, LOCO-I), and what is left over is coded with one of a few fixed tables, chosen
 * by the size of what was left over around it. 16 bits are two planes of 8: the high bytes, and the low bytes less
 * the high ones, which are zero where 8 bits were widened.
 *
 * Bytes of a plane of 8 bits: 0 and the value where all samples are equal, 1 and an rANS stream, or 2 and the
 * samples where that is shorter.
 */
export function encodePlane(plane: PicturePlane, width: number): Uint8Array {
  if (plane instanceof Uint8Array) return encodeBytes(plane, width);
  const high = encodeBytes(
    Uint8Array.from(plane, (value) => value >> 8),
    width,
  );
  const low = encodeBytes(
    Uint8Array.from(plane, (value) => value - (value >> 8)),
    width,
  );
  const length = [high.length & 255, (high.length >> 8) & 255, (high.length >> 16) & 255, high.length >> 24];
  return Uint8Array.from([...length, ...high, ...low]);
}

/**
 * The way back.
 *
 * throws NacreError "bitstream" for bytes that encodePlane cannot have written for a plane of this size
 */
export function decodePlane(
  bytes: Uint8Array,
  { width, height, bitDepth }: { width: number; height: number; bitDepth: 8 | 16 },
): PicturePlane {
  if (bitDepth === 8) return decodeBytes(bytes, width, height);
  if (bytes.length < 4) throw damaged();
  const split = 4 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  if (split > bytes.length) throw damaged();
  const high = decodeBytes(bytes.subarray(4, split), width, height);
  const low = decodeBytes(bytes.subarray(split), width, height);
  return Uint16Array.from(high, (value, at) => value * 256 + ((low[at]! + value) & 255));
}

const flat = 0;
const coded = 1;
const plain = 2;

function encodeBytes(plane: Uint8Array, width: number): Uint8Array {
  if (plane.every((value) => value === plane[0])) return Uint8Array.of(flat, plane[0] ?? 0);
  const rest = Int32Array.from(plane, (value, at) => (value - predicted(plane, at, width)) & 255);
  const made = encodeSymbols(rest, (at, known) => tableAt(known, at, width));
  const bytes = made.length < plane.length ? made : plane;
  const out = new Uint8Array(1 + bytes.length);
  out[0] = bytes === plane ? plain : coded;
  out.set(bytes, 1);
  return out;
}

function decodeBytes(bytes: Uint8Array, width: number, height: number): Uint8Array {
  const plane = new Uint8Array(width * height);
  if (bytes[0] === flat && bytes.length === 2) return plane.fill(bytes[1]!);
  if (bytes[0] === plain && bytes.length === 1 + plane.length) return bytes.slice(1);
  if (bytes[0] !== coded) throw damaged();
  const rest = decodeSymbols(bytes.subarray(1), plane.length, (at, known) => tableAt(known, at, width));
  for (let at = 0; at < plane.length; at++) plane[at] = rest[at]! + predicted(plane, at, width);
  return plane;
}

/** From samples before `at` alone; beyond the border they are zero. */
function predicted(plane: Uint8Array, at: number, width: number): number {
  const left = at % width > 0 ? plane[at - 1]! : 0;
  if (at < width) return left;
  const above = plane[at - width]!;
  if (at % width === 0) return above;
  const corner = plane[at - width - 1]!;
  if (corner >= Math.max(left, above)) return Math.min(left, above);
  if (corner <= Math.min(left, above)) return Math.max(left, above);
  return left + above - corner;
}

/** By the sizes of what was left over to the left, above, and to both sides of that. */
function tableAt(rest: Int32Array, at: number, width: number): SymbolTable {
  const column = at % width;
  let sum = column > 0 ? sizeOf(rest[at - 1]!) : 0;
  if (at >= width) {
    sum += sizeOf(rest[at - width]!);
    if (column > 0) sum += sizeOf(rest[at - width - 1]!);
    if (column < width - 1) sum += sizeOf(rest[at - width + 1]!);
  }
  return tables[Math.min(tables.length - 1, 32 - Math.clz32(sum))]!;
}

function sizeOf(symbol: number): number {
  return symbol < 128 ? symbol : 256 - symbol;
}

// Two-sided geometric distributions, in integers so that they are the same on every machine. The parts of 256 by
// which each size is rarer than the one before follow from a mean of a quarter of the sum that chose the table.
const tables: readonly SymbolTable[] = [1, 24, 60, 104, 150, 190, 216, 234, 245, 251].map((ratio) => {
  const counts = new Uint32Array(256);
  for (let size = 0, count = 2 ** 24; size <= 128; size++, count = Math.floor((count * ratio) / 256)) {
    counts[size] = count;
    counts[(256 - size) % 256] = count;
  }
  return symbolTableFromCounts(counts);
});

function damaged(): NacreError {
  return new NacreError("bitstream", {
    found: "a damaged plane of alpha",
    mend: "get the file again, or decode with recover",
  });
}
