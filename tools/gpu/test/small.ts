import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Corpus, type Recipe, recipeByName, withSteps } from "@nacre/training";
import { afterAll } from "vitest";

const size = { dim: 16, blocks: 1, kernel: 3, expansion: 2 };

/** A shipped recipe with small networks and few layers: a step takes milliseconds. */
export function smallRecipe(name: string, steps = 40): Recipe {
  const { quantizer, ...shipped } = withSteps(recipeByName(name), steps);
  const small =
    quantizer.kind === "residual-vector"
      ? { ...quantizer, layers: 3, entries: 32, startEvery: 2 }
      : { ...quantizer, layers: 3 };
  return {
    ...shipped,
    batch: 2,
    frames: 16,
    encoder: { ...shipped.encoder, ...size },
    decoder: { ...shipped.decoder, ...size },
    quantizer: small,
    // Crops are too short for intelligibility.
    losses: { ...shipped.losses, waveform: 0.015, intelligibility: 0 },
  };
}

/** A corpus in memory of gliding tones with some noise, clips of different lengths. */
export function toneCorpus(lengths: readonly number[] = [9000, 20_000, 3000, 15_000]): Corpus {
  const sounds = lengths.map((length, clip) =>
    Float32Array.from({ length }, (_, i) => {
      const glide = Math.sin((i * i * 1e-6 + i * (clip + 1)) / 19);
      const noise = ((Math.imul(i + 7919 * clip, 0x9e3779b1) >>> 0) / 2 ** 32 - 0.5) * 0.05;
      return Math.round((0.4 * glide * Math.sin(i / 4000) ** 2 + noise) * 32_768) / 32_768;
    }),
  );
  return {
    sampleRate: 24_000,
    train: lengths.map((length, start) => ({ start, length })),
    validation: [],
    sources: [],
    read(clip, offset, into) {
      into.fill(0);
      into.set(sounds[clip.start]!.subarray(offset, offset + into.length));
    },
    close() {},
  };
}

/** Makes empty folders for one test file; they are gone when it ends. */
export function temporaryFolders(): () => string {
  const made: string[] = [];
  afterAll(() => {
    for (const folder of made) rmSync(folder, { recursive: true, force: true });
  });
  return () => {
    made.push(mkdtempSync(join(tmpdir(), "nacre-gpu-")));
    return made.at(-1)!;
  };
}
