import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const shared = process.env.NACRE_SHARED ?? `${root}../shared`;

/** Full path of a file of the shared test material, or undefined where it is absent. */
export function sharedFile(path: string): string | undefined {
  const full = `${shared}/${path}`;
  return existsSync(full) ? full : undefined;
}

/** An array file: its shape and its numbers. */
export type Npy = { shape: number[]; data: Float32Array };

/** Reads a little-endian C-order .npy file of f2, f4, i2 or u1 numbers. */
export function readNpy(path: string): Npy {
  const bytes = readFileSync(path);
  const headerLength = bytes.readUInt16LE(8);
  const header = bytes.toString("latin1", 10, 10 + headerLength);
  const type = /'descr': '([^']+)'/.exec(header)![1]!;
  const shape = /'shape': \(([^)]*)\)/
    .exec(header)![1]!
    .split(",")
    .filter((part) => part.trim());
  const body = bytes.subarray(10 + headerLength);
  const size = Number(type.slice(-1));
  const read = readers[type]!;
  const data = Float32Array.from({ length: body.length / size }, (_, i) => read(body, i * size));
  return { shape: shape.map(Number), data };
}

const readers: Record<string, (bytes: Buffer, at: number) => number> = {
  "<f4": (bytes, at) => bytes.readFloatLE(at),
  "<f2": (bytes, at) => halfToNumber(bytes.readUInt16LE(at)),
  "<i2": (bytes, at) => bytes.readInt16LE(at),
  "|u1": (bytes, at) => bytes[at]!,
};

function halfToNumber(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
