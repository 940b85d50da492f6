import type { PictureSamples } from "../src/picture.js";

/** How vectors/make.py and these functions make the same pictures, in whole numbers only. */
export type PictureCase = { width: number; height: number; channels: number; peak: number; seed: number };

/** Crossing ridges, other ones in each channel, under a little noise. */
export function syntheticPicture({ width, height, channels, peak, seed }: PictureCase): PictureSamples {
  const samples =
    peak > 255 ? new Uint16Array(width * height * channels) : new Uint8Array(width * height * channels);
  const random = congruence(seed);
  for (let i = 0; i < samples.length; i++) {
    const c = i % channels;
    const x = Math.floor(i / channels) % width;
    const y = Math.floor(i / channels / width);
    const value = ridge(3 * x + 2 * y + 80 * c) + ridge(x * (c + 1) + 500 - y) + (random() % 32);
    samples[i] = Math.floor((value * peak) / 543);
  }
  return { width, height, channels, peak, samples };
}

/** The picture with whole-numbered noise of -amplitude .. amplitude, clamped. */
export function withNoise(picture: PictureSamples, amplitude: number, seed: number): PictureSamples {
  const random = congruence(seed);
  const samples = picture.samples.map((value) => {
    const noise = (random() % (2 * amplitude + 1)) - amplitude;
    return Math.max(0, Math.min(picture.peak, value + noise));
  });
  return { ...picture, samples };
}

/** Every sample at the middle of one of a few steps of the given width, a power of two. */
export function coarse(picture: PictureSamples, step: number): PictureSamples {
  return { ...picture, samples: picture.samples.map((value) => value - (value % step) + step / 2) };
}

/** A picture of one colour, or of one value in all channels. */
export function flat(width: number, height: number, colour: readonly number[], peak = 255): PictureSamples {
  const channels = colour.length;
  const samples = Float64Array.from({ length: width * height * channels }, (_, i) => colour[i % channels]!);
  return { width, height, channels, peak, samples };
}

function ridge(t: number): number {
  return Math.abs((t % 512) - 256);
}

function congruence(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 8;
  };
}
