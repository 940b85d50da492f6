import { type Augmentation, augment } from "./augmentation/augment.js";
import type { Clip, Corpus } from "./corpus.js";
import { type Random, randomFor } from "./random.js";

/**
 * The batch of a step: random crops, each clip as likely as it is long, augmented, with random gain.
 * Depends on seed and step alone, so a resumed run sees what an unbroken one would. Augmentation draws
 * from numbers of its own: the same crops are taken with it and without.
 *
 * batch  items
 * into   [batch, samples]
 * parts  of a recipe; nothing happens to the crops when it is absent
 */
export function drawBatch(
  corpus: Corpus,
  seed: number,
  step: number,
  batch: number,
  into: Float32Array,
  parts?: Augmentation,
): void {
  const samples = into.length / batch;
  const random = randomFor(seed, step, 2);
  const second = parts?.mix && new Float32Array(samples);
  for (let item = 0; item < batch; item++) {
    const crop = into.subarray(item * samples, (item + 1) * samples);
    drawCrop(corpus, random, crop);
    if (parts) {
      augment(crop, parts, corpus.sampleRate, randomFor(seed, step, 5, item), (own) =>
        drawCrop(corpus, own, second!),
      );
    }
    vary(crop, random);
  }
}

function drawCrop(corpus: Corpus, random: Random, crop: Float32Array): Float32Array {
  const clip = corpus.train[pick(runningLengths(corpus.train), random())]!;
  const room = clip.length - crop.length;
  corpus.read(clip, room > 0 ? Math.floor(random() * (room + 1)) : 0, crop);
  return crop;
}

const totalsOf = new WeakMap<readonly Clip[], Float64Array>();

function runningLengths(clips: readonly Clip[]): Float64Array {
  const known = totalsOf.get(clips);
  if (known) return known;
  let total = 0;
  const totals = Float64Array.from(clips, ({ length }) => (total += length));
  totalsOf.set(clips, totals);
  return totals;
}

function pick(totals: Float64Array, position: number): number {
  const wanted = position * totals.at(-1)!;
  let [low, high] = [0, totals.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (totals[middle]! > wanted) high = middle;
    else low = middle + 1;
  }
  return low;
}

// Peaks between -18 and 0 dB, so that quiet recordings are learned as well as loud ones.
function vary(crop: Float32Array, random: Random): void {
  const peak = crop.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3);
  const wanted = 10 ** ((-18 * random()) / 20);
  const gain = Math.min(wanted / peak, 10);
  for (let i = 0; i < crop.length; i++) crop[i]! *= gain;
}
