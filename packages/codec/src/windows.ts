import { NacreError } from "@nacre/errors";
import type { AudioStream } from "@nacre/signal";
import type { Model } from "./model.js";

/**
 * How a signal is cut for the encoder.
 *
 * hop    samples per frame
 * chunk  frames per window
 * past   frames of context in front
 * future frames of context behind
 * tail   frames coded beyond the last sample
 */
export type WindowLayout = { hop: number; chunk: number; past: number; future: number; tail: number };

/** One window: [past + chunk + future] frames of samples per channel; `frames` of the chunk hold sound. */
export type Window = { channels: Float32Array[]; frames: number };

/** How a model's encoder wants its sound. */
export function layoutOf({ config, encoder, hop }: Model, tail: number): WindowLayout {
  const { past, future } = encoder.network.describe(encoder.config).receptiveField;
  return { hop, chunk: config.framesPerChunk, past, future, tail };
}

/**
 * Cuts a stream into windows of one fixed size with context in front; zeros stand before the first and
 * after the last sample. Memory holds one window, whatever the sizes of the blocks.
 *
 * throws NacreError "media" at a sample that is no finite number, "shape" at a block of other channels
 */
export async function* windowsOf(
  sound: AudioStream,
  layout: WindowLayout,
): AsyncGenerator<Window, void, undefined> {
  const { hop, chunk, past, future, tail } = layout;
  const size = (past + chunk + future) * hop;
  const fresh = () => Array.from({ length: sound.channelCount }, () => new Float32Array(size));
  let window = fresh();
  let filled = past * hop;
  let total = 0;
  const advance = () => {
    const next = fresh();
    for (const [channel, samples] of next.entries()) samples.set(window[channel]!.subarray(chunk * hop));
    window = next;
    filled = Math.max(past * hop, filled - chunk * hop);
  };
  for await (const block of sound.blocks) {
    const length = checkBlock(block, sound.channelCount, total);
    for (let at = 0; at < length; ) {
      if (filled === size) {
        yield { channels: window, frames: chunk };
        advance();
      }
      const count = Math.min(length - at, size - filled);
      for (const [channel, samples] of block.entries())
        window[channel]!.set(samples.subarray(at, at + count), filled);
      filled += count;
      at += count;
    }
    total += length;
  }
  if (total === 0) return;
  let left = Math.ceil((filled - past * hop) / hop) + tail;
  while (left > 0) {
    yield { channels: window, frames: Math.min(left, chunk) };
    left -= chunk;
    if (left > 0) advance();
  }
}

/** Samples of a block, after looking at each. */
function checkBlock(block: readonly Float32Array[], channels: number, before: number): number {
  const length = block[0]?.length ?? 0;
  if (block.length !== channels || block.some((samples) => samples.length !== length)) {
    throw new NacreError("shape", {
      found: `a block of ${block.map((samples) => samples.length).join(", ") || "no"} samples`,
      expected: `${channels} channels of one length`,
    });
  }
  checkFinite(block, before);
  return length;
}

function checkFinite(block: readonly Float32Array[], before: number): void {
  for (const [channel, samples] of block.entries()) {
    // A loop takes a tenth of the time of findIndex, and every sample goes through here.
    let at = 0;
    while (at < samples.length && Number.isFinite(samples[at])) at++;
    if (at === samples.length) continue;
    throw new NacreError("media", {
      found: `sample ${before + at} of channel ${channel + 1} is ${samples[at]}`,
      expected: "finite numbers",
      mend: "repair the sound first",
    });
  }
}
