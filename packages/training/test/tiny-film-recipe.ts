import type { FramePlanes } from "@nacre/codec";
import type { PackedPicture, PictureCorpus } from "../src/pictures/picture-corpus.js";
import { film } from "../src/recipes/film.js";
import type { FilmRecipe } from "../src/video/film-recipe.js";
import { wavePictures } from "./tiny-picture-recipe.js";

/** The shipped recipe with everything small: a step takes a few milliseconds. */
export function tinyFilmRecipe(changes: Partial<FilmRecipe> = {}): FilmRecipe {
  const sizes = { latentDim: 8, sideChannels: 3, dim: 8, toldDim: 4, blocks: 1, kernel: 3, expansion: 2 };
  return {
    ...film,
    name: "tiny-film",
    batch: 2,
    frames: 3,
    crop: 64,
    encoder: { ...film.encoder, ...sizes, sideDim: 6 },
    decoder: { ...film.decoder, ...sizes, layers: 3, fineDim: 6, fineToldDim: 4, fineBlocks: 1 },
    quantizer: { ...film.quantizer, layers: 3, reach: 20 },
    context: { ...film.context, tables: 32 },
    keySteps: [0.6, 0.3, 0.1],
    schedule: { rate: 3e-3, steps: 20, warmup: 2, decay: 4 },
    distortion: [0.002, 0.01, 0.05],
    ...changes,
  };
}

/** Pictures of waves in memory. */
export function waveCorpus(size: number, seeds: readonly number[]): PictureCorpus {
  const held = new Map<PackedPicture, Uint8Array>();
  for (const seed of seeds) held.set({ start: seed, width: size, height: size }, waveBytes(size, seed));
  return {
    train: [...held.keys()],
    validation: [],
    sources: [],
    read(picture, left, top, side, into) {
      const planes = held.get(picture)!;
      for (let at = 0; at < side * side; at++) {
        const from = (top + Math.floor(at / side)) * size + left + (at % side);
        for (let plane = 0; plane < 3; plane++) into[3 * at + plane] = planes[plane * size * size + from]!;
      }
    },
    close() {},
  };
}

/** Frames cut out of waves, each so many pixels further to the right. */
export function movingWaves(width: number, height: number, frames: number, shift = 3): FramePlanes[] {
  const size = Math.max(width, height) + frames * shift;
  const planes = waveBytes(size, 11);
  return Array.from({ length: frames }, (_, t) => ({
    width,
    height,
    planes: [0, 1, 2].map((plane) =>
      Uint8Array.from({ length: width * height }, (_, at) => {
        const from = Math.floor(at / width) * size + (at % width) + t * shift;
        return planes[plane * size * size + from]!;
      }),
    ),
  }));
}

function waveBytes(size: number, seed: number): Uint8Array {
  return Uint8Array.from(wavePictures(1, size, seed), (value) =>
    Math.max(0, Math.min(255, Math.round((value + 0.5) * 255))),
  );
}
