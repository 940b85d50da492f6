import type { PictureChannel, PicturePlanes } from "../src/picture.js";

/** How vectors/make.py and these functions make the same pictures, in whole numbers only. */
export type PictureCase = { width: number; height: number; channels: number; peak: number; seed: number };

/** Crossing ridges, other ones in each channel, under a little noise. */
export function syntheticPicture({ width, height, channels, peak, seed }: PictureCase): PicturePlanes {
  const planes = Array.from({ length: channels }, () =>
    peak > 255 ? new Uint16Array(width * height) : new Uint8Array(width * height),
  );
  const random = congruence(seed);
  return fill({ width, height, peak, planes }, (i, c) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    const value = ridge(3 * x + 2 * y + 80 * c) + ridge(x * (c + 1) + 500 - y) + (random() % 32);
    return Math.floor((value * peak) / 543);
  });
}

/** The picture with whole-numbered noise of -amplitude .. amplitude, clamped. */
export function withNoise(picture: PicturePlanes, amplitude: number, seed: number): PicturePlanes {
  const random = congruence(seed);
  return fill(copy(picture), (i, c) => {
    const noise = (random() % (2 * amplitude + 1)) - amplitude;
    return Math.max(0, Math.min(picture.peak, picture.planes[c]![i]! + noise));
  });
}

/** Every sample put through a function. */
export function mapped(picture: PicturePlanes, to: (value: number) => number): PicturePlanes {
  return { ...picture, planes: picture.planes.map((plane) => Float64Array.from(plane, to)) };
}

/** Every sample at the middle of one of a few steps of the given width. */
export function coarse(picture: PicturePlanes, step: number): PicturePlanes {
  return mapped(picture, (value) => value - (value % step) + step / 2);
}

/** A picture of one colour, or of one value of grey. */
export function flat(width: number, height: number, colour: readonly number[], peak = 255): PicturePlanes {
  return { width, height, peak, planes: colour.map((value) => new Float64Array(width * height).fill(value)) };
}

function copy(picture: PicturePlanes): PicturePlanes {
  return { ...picture, planes: picture.planes.map((plane) => plane.slice()) };
}

/** Samples in the order in which noise is drawn: pixel by pixel, the channels of one after each other. */
function fill(picture: PicturePlanes, value: (i: number, channel: number) => number): PicturePlanes {
  const planes: readonly PictureChannel[] = picture.planes;
  for (let i = 0; i < planes[0]!.length; i++) {
    for (const [c, plane] of planes.entries()) plane[i] = value(i, c);
  }
  return picture;
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
