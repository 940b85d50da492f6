import type {
  EntryOptions,
  GroupedPictureRecipe,
  GroupedRecipe,
  ScalarPictureRecipe,
} from "../src/pictures/picture-recipe.js";
import { photo } from "../src/recipes/photo.js";
import { seededRandom } from "./sounds.js";

/** The shipped recipe with everything small: a step takes a few milliseconds. */
export function tinyPictureRecipe(changes: Partial<ScalarPictureRecipe> = {}): ScalarPictureRecipe {
  const sizes = { latentDim: 6, sideChannels: 3, dim: 12, blocks: 1, kernel: 3, expansion: 2 };
  return {
    ...photo,
    name: "tiny-picture",
    batch: 2,
    crop: 64,
    encoder: { ...photo.encoder, ...sizes, sideDim: 8 },
    decoder: { ...photo.decoder, ...sizes, layers: 3, fineDim: 6, fineBlocks: 1 },
    quantizer: { ...photo.quantizer, layers: 3, reach: 20 },
    context: { ...photo.context, tables: 32 },
    schedule: { rate: 3e-3, steps: 20, warmup: 2, decay: 4 },
    distortion: [0.002, 0.01, 0.05],
    structure: 0,
    ...changes,
  };
}

/** The same networks with another quantizer: three layers for either half of six channels. */
export function tinyGroupedRecipe(
  kind: "residual-vector" | "residual-finite-scalar",
  options: Partial<EntryOptions> = {},
): GroupedPictureRecipe {
  const { quantizer, context, ...recipe } = tinyPictureRecipe();
  const { layers, fullShare, spread } = quantizer;
  const shared = { layers, fullShare, spread, groups: 2, probability: "linear" as const };
  const vectors = {
    ...{ entries: 8, estimator: "rotation", composition: "per-layer", update: "moving-average" },
    ...{ decay: 0.9, deadBelow: 0.05, startEvery: 1, commitment: 1 },
  } as const;
  const scalars = {
    ...{ levels: [3, 3, 3], variant: "symmetric", convention: "levels" },
    ...{ estimator: "straight-through", commitment: 0, range: 2 },
  } as const;
  return {
    ...recipe,
    quantizer: (kind === "residual-vector"
      ? { kind, ...shared, ...vectors, ...options }
      : { kind, ...shared, ...scalars, levels: [...scalars.levels], ...options }) as GroupedRecipe,
  };
}

/** Smooth pictures of a few waves, [count, 3, size, size], -0.5 .. 0.5. */
export function wavePictures(count: number, size: number, seed: number): Float32Array {
  const random = seededRandom(seed);
  const out = new Float32Array(count * 3 * size * size);
  for (let plane = 0; plane < 3 * count; plane++) {
    const waves = Array.from({ length: 3 }, () => [0.3 * random(), 0.3 * random(), 6 * random()] as const);
    for (let i = 0; i < size * size; i++) {
      const [row, column] = [Math.floor(i / size), i % size];
      const value = waves.reduce((sum, [a, b, c]) => sum + Math.sin(a * row + b * column + c), 0);
      out[plane * size * size + i] = 0.15 * value;
    }
  }
  return out;
}
