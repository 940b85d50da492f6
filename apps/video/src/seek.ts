import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import type { SeekableBytes } from "@nacre/bitstream";
import type { Source } from "@nacre/cli";
import { readVideoIndex } from "@nacre/nacre";
import type { DecodeRequest } from "./options.js";

/** Bytes to read: from the key frame before `from` where an index tells where it lies. `all`: frames to come, if known. */
export async function soughtBytes(source: Source, { from, to }: DecodeRequest) {
  const whole = { bytes: source.bytes(), firstChunk: undefined };
  if (source.path === undefined) return { ...whole, all: undefined };
  const index = await indexOf(source.path);
  if (!index) return { ...whole, all: undefined };
  const { header, chunks, length, start } = index;
  const { clock, rate } = header;
  const pace = rate ? rate.denominator / rate.numerator : 1 / 25;
  const shown = (number: number, time = 0) => (clock === undefined ? number * pace : time / clock);
  const isPart = from !== undefined || to !== undefined;
  const wanted = chunks.filter(({ kind, number, frames, time }) => {
    const at = shown(number, time);
    const last = clock === undefined ? shown(number + frames - 1) : at;
    return kind !== "sound" && last >= (from ?? 0) - 1e-6 && at < (to ?? Number.POSITIVE_INFINITY);
  });
  const all = isPart ? undefined : length;
  if (from === undefined || from <= 0) return { ...whole, all };
  const target = wanted[0]?.number ?? Number.POSITIVE_INFINITY;
  const key = chunks.findLastIndex(({ kind, number }) => kind === "intra" && number <= target);
  if (key <= 0) return { ...whole, all };
  const path = source.path;
  async function* bytes() {
    yield start;
    yield* createReadStream(path, { start: chunks[key]!.at, highWaterMark: 256 * 1024 });
  }
  return { bytes: bytes(), firstChunk: key, all };
}

async function indexOf(path: string) {
  const handle = await open(path);
  try {
    const { size } = await handle.stat();
    const file: SeekableBytes = {
      size,
      async read(at, length) {
        const buffer = new Uint8Array(Math.min(length, Math.max(0, size - at)));
        const { bytesRead } = await handle.read(buffer, 0, buffer.length, at);
        return buffer.subarray(0, bytesRead);
      },
    };
    return await readVideoIndex(file);
  } finally {
    await handle.close();
  }
}
