import { assert } from "@nacre/errors";
import { openTransform } from "./transform.js";

/** Samples from one frame to the next. */
export const hop = 256;
/** Equal parts of a spectrum, and frames, that noise is measured over. */
export const [noiseBands, noiseGroup] = [16, 8];
// Rounds a little towards zero: zeros are cheap, and noise stands in for them.
const rounding = 0.4;

/**
 * Frames in whole numbers. A coefficient is sign * (q * step)^2: steps grow with the root of what they
 * measure, as hearing forgives more where more is.
 *
 * magnitudes  |q| [frames * hop]
 * signs       a bit for each q that is not 0, 1 for negative, the lowest bit of a byte first
 * noise       mean size of what became 0, in half powers of two from 2^-32, [groups * noiseBands]
 */
export type QuantizedSound = { frames: number; magnitudes: Uint8Array; signs: Uint8Array; noise: Uint8Array };

/** sound: frame t covers samples (t - 1) * hop to (t + 1) * hop, zeros outside. */
export function quantizeSound(sound: Float32Array, frames: number, step: number): QuantizedSound {
  const transform = openTransform(hop);
  const magnitudes = new Uint8Array(frames * hop);
  const signs = new Uint8Array(Math.ceil((frames * hop) / 8));
  const meter = openMeter(frames);
  const [window, spectrum] = [new Float32Array(2 * hop), new Float32Array(hop)];
  let bits = 0;
  for (let frame = 0; frame < frames; frame++) {
    readWindow(sound, (frame - 1) * hop, window);
    transform(window, spectrum);
    for (let k = 0; k < hop; k++) {
      const size = Math.abs(spectrum[k]!);
      const q = Math.floor(Math.sqrt(size) / step + rounding);
      assert(q < 256, "a magnitude fits a byte");
      magnitudes[frame * hop + k] = q;
      if (q === 0) meter.add(frame, k, size);
      else if (spectrum[k]! < 0) signs[bits >> 3]! |= 1 << (bits & 7);
      if (q > 0) bits++;
    }
  }
  return { frames, magnitudes, signs: signs.subarray(0, Math.ceil(bits / 8)), noise: meter.levels() };
}

function openMeter(frames: number) {
  const cells = Math.ceil(frames / noiseGroup) * noiseBands;
  const [sums, counts] = [new Float64Array(cells), new Uint32Array(cells)];
  return {
    add(frame: number, k: number, size: number) {
      const cell = Math.floor(frame / noiseGroup) * noiseBands + Math.floor((k * noiseBands) / hop);
      sums[cell]! += size;
      counts[cell]!++;
    },
    levels: () => Uint8Array.from(sums, (sum, cell) => levelOf(sum / Math.max(1, counts[cell]!))),
  };
}

function levelOf(mean: number): number {
  return Math.max(0, Math.min(255, Math.round(2 * Math.log2(mean)) + 64));
}

function readWindow(sound: Float32Array, start: number, window: Float32Array): void {
  const from = Math.max(0, start);
  const part = sound.subarray(from, Math.max(from, start + window.length));
  window.fill(0);
  window.set(part, from - start);
}
