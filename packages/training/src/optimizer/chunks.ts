import type { ParameterSpec } from "@nacre/blocks";
import { reshape, sizeOf, split, type Tensor } from "@nacre/graph";

/**
 * Whole tensors joined to flat arrays of about `target` floats, one decay per chunk. Few large inputs
 * load faster than hundreds of small ones, and step faster than one huge one.
 */
export type Chunk = { name: string; specs: ParameterSpec[]; size: number; decay: boolean };

const target = 128 * 1024;

/** Chunks of the parameters; within each kind of decay the order is kept. */
export function chunksOf(specs: readonly ParameterSpec[]): Chunk[] {
  return [true, false].flatMap((decay) => {
    const chunks: Chunk[] = [];
    for (const spec of specs.filter((each) => each.decay === decay)) {
      const last = chunks.at(-1);
      if (last && last.size + sizeOf(spec.shape) <= target) {
        last.specs.push(spec);
        last.size += sizeOf(spec.shape);
      } else {
        const name = `${decay ? "decayed" : "plain"}${chunks.length}`;
        chunks.push({ name, specs: [spec], size: sizeOf(spec.shape), decay });
      }
    }
    return chunks;
  });
}

/** The parameters of a flat chunk [size], by name. */
export function unpack(chunk: Chunk, flat: Tensor): Record<string, Tensor> {
  const pieces = split(
    flat,
    chunk.specs.map(({ shape }) => sizeOf(shape)),
    0,
  );
  return Object.fromEntries(chunk.specs.map(({ name, shape }, i) => [name, reshape(pieces[i]!, shape)]));
}

/** Views into a chunk's array, by the parameters' names. */
export function viewsOf(chunk: Chunk, data: Float32Array): Record<string, Float32Array> {
  let at = 0;
  const views: Record<string, Float32Array> = {};
  for (const { name, shape } of chunk.specs) {
    views[name] = data.subarray(at, at + sizeOf(shape));
    at += sizeOf(shape);
  }
  return views;
}
