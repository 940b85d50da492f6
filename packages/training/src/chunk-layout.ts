import { sizeOf } from "@nacre/graph";
import { z } from "zod";
import type { Chunk } from "./optimizer/chunks.js";

/** Where the parameters of a state lie: name and number of values of each, by chunk and in its order. */
export type ChunkLayout = Record<string, [name: string, size: number][]>;

const layoutSchema = z.record(z.string(), z.array(z.tuple([z.string(), z.int().positive()])));

/** The layout of a step's chunks. */
export function chunkLayout(chunks: readonly Chunk[]): ChunkLayout {
  return Object.fromEntries(
    chunks.map(({ name, specs }) => [name, specs.map((spec) => [spec.name, sizeOf(spec.shape)])]),
  );
}

/** The layout that a text holds; undefined for one that holds none. */
export function parseLayout(text: string): ChunkLayout | undefined {
  try {
    return layoutSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/**
 * The array of one kind ("value", "first") and one chunk, of arrays that another layout was written with.
 *
 * returns undefined where a parameter is missing there, or has another size
 */
export function relocated(
  kind: string,
  [chunk, layout]: [chunk: string, layout: ChunkLayout],
  arrays: Readonly<Record<string, Float32Array | undefined>>,
  stored: ChunkLayout,
): Float32Array | undefined {
  const parameters = layout[chunk]!.map(([name, size]) => parameterOf(kind, name, size, arrays, stored));
  if (!parameters.every((each) => each !== undefined)) return undefined;
  const joined = new Float32Array(parameters.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const each of parameters) {
    joined.set(each, at);
    at += each.length;
  }
  return joined;
}

function parameterOf(
  kind: string,
  name: string,
  size: number,
  arrays: Readonly<Record<string, Float32Array | undefined>>,
  stored: ChunkLayout,
): Float32Array | undefined {
  for (const [chunk, specs] of Object.entries(stored)) {
    let at = 0;
    for (const [each, length] of specs) {
      if (each === name) {
        const part = arrays[`${kind}.${chunk}`]?.subarray(at, at + length);
        return length === size && part?.length === size ? part : undefined;
      }
      at += length;
    }
  }
  return undefined;
}
