import { assert } from "@nacre/errors";
import { randomFor } from "../random.js";
import type { PackedPicture, PictureCorpus } from "./picture-corpus.js";

/** What a value of 0 .. 255 is for the networks: -0.5 .. 0.5. */
export function networkValue(byte: number): number {
  return byte / 255 - 0.5;
}

/**
 * The batch of a step: square crops, each picture as likely as it is large, mirrored and turned at random.
 * Depends on seed and step alone, so a resumed run sees what an unbroken one would.
 *
 * size  of a crop, in pixels; pictures that are smaller are passed over
 * into  [batch, 3, size, size], -0.5 .. 0.5
 */
export function drawCrops(
  corpus: PictureCorpus,
  seed: number,
  step: number,
  size: number,
  into: Float32Array,
): void {
  const random = randomFor(seed, step, 2);
  const batch = into.length / (3 * size * size);
  const pixels = new Uint8Array(3 * size * size);
  for (let item = 0; item < batch; item++) {
    const picture = drawPicture(corpus.train, size, random());
    const left = Math.floor(random() * (picture.width - size + 1));
    const top = Math.floor(random() * (picture.height - size + 1));
    corpus.read(picture, left, top, size, pixels);
    layCrop(pixels, size, Math.floor(random() * 8), into.subarray(item * 3 * size * size));
  }
}

/**
 * Crops of the validation part, or of the training part where there is none, drawn once from the seed.
 *
 * into  [items, 3, size, size]
 */
export function validationCrops(corpus: PictureCorpus, seed: number, size: number, into: Float32Array): void {
  const pictures = corpus.validation.some((each) => Math.min(each.width, each.height) >= size)
    ? corpus.validation
    : corpus.train;
  drawCrops({ ...corpus, train: pictures }, seed, 0, size, into);
}

type Fitting = { pictures: PackedPicture[]; totals: Float64Array };
const known = new WeakMap<readonly PackedPicture[], Map<number, Fitting>>();

function fitting(all: readonly PackedPicture[], size: number): Fitting {
  const bySize = known.get(all) ?? new Map<number, Fitting>();
  known.set(all, bySize);
  const found = bySize.get(size);
  if (found) return found;
  const pictures = all.filter(({ width, height }) => width >= size && height >= size);
  assert(pictures.length > 0, `a picture of ${size} pixels or more is there`);
  let total = 0;
  const totals = Float64Array.from(pictures, ({ width, height }) => (total += width * height));
  bySize.set(size, { pictures, totals });
  return { pictures, totals };
}

/** One of the pictures of `size` pixels or more on both sides, each as likely as it is large; position 0 .. 1. */
export function drawPicture(all: readonly PackedPicture[], size: number, position: number): PackedPicture {
  const { pictures, totals } = fitting(all, size);
  const wanted = position * totals.at(-1)!;
  return pictures[totals.findIndex((total) => total > wanted)]!;
}

/** Planes of a crop in one of the eight positions of a square: mirrored, upside down, transposed. */
function layCrop(pixels: Uint8Array, size: number, position: number, into: Float32Array): void {
  const [mirror, flip, transpose] = [position & 1, position & 2, position & 4];
  for (let row = 0, at = 0; row < size; row++) {
    for (let column = 0; column < size; column++, at++) {
      const [y, x] = transpose ? [column, row] : [row, column];
      const from = 3 * ((flip ? size - 1 - y : y) * size + (mirror ? size - 1 - x : x));
      for (let plane = 0; plane < 3; plane++) {
        into[plane * size * size + at] = networkValue(pixels[from + plane]!);
      }
    }
  }
}
