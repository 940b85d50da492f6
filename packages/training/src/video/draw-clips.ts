import { type FramePlanes, searchMotion } from "@nacre/codec";
import { networkValue } from "../pictures/draw-crops.js";
import type { PictureCorpus } from "../pictures/picture-corpus.js";
import { randomFor } from "../random.js";
import { filmClip } from "./film-clip.js";
import { placesOfField } from "./warp-graph.js";

/** Pixels along a side of a clip, and its frames. */
export type ClipSize = { size: number; frames: number };

/**
 * The batch of a step: clips made from photographs, each frame with the motion that the codec's own search finds between it
 * and the one before. Depends on seed and step alone, so a resumed run sees what an unbroken one would.
 *
 * into  [batch, 3 * frames + frames - 1, size, size]: planes of the frames, -0.5 .. 0.5, then places as `warped` takes them
 */
export function drawClips(
  corpus: PictureCorpus,
  seed: number,
  step: number,
  { size, frames }: ClipSize,
  into: Float32Array,
): void {
  const random = randomFor(seed, step, 3);
  const length = (4 * frames - 1) * size * size;
  for (let item = 0; item * length < into.length; item++) {
    layClip(filmClip(corpus, random, { size, frames }), into.subarray(item * length, (item + 1) * length));
  }
}

/**
 * Clips of photographs of the validation part, or of the training part where there is none, drawn once from the seed.
 *
 * into  as drawClips
 */
export function validationClips(
  corpus: PictureCorpus,
  seed: number,
  clip: ClipSize,
  into: Float32Array,
): void {
  const large = ({ width, height }: { width: number; height: number }) =>
    Math.min(width, height) >= clip.size;
  const pictures = corpus.validation.some(large) ? corpus.validation : corpus.train;
  drawClips({ ...corpus, train: pictures }, seed, 0, clip, into);
}

function layClip(frames: readonly FramePlanes[], into: Float32Array): void {
  const { width } = frames[0]!;
  const plane = width * width;
  for (const [t, { planes }] of frames.entries()) {
    for (const [colour, values] of planes.entries()) {
      const from = (3 * t + colour) * plane;
      for (let at = 0; at < plane; at++) into[from + at] = networkValue(values[at]!);
    }
  }
  let before: ReturnType<typeof searchMotion> | undefined;
  for (let t = 1; t < frames.length; t++) {
    before = searchMotion(frames[t]!, frames[t - 1]!, before ? { before } : {});
    const from = (3 * frames.length + t - 1) * plane;
    placesOfField(before, width, into.subarray(from, from + plane));
  }
}
