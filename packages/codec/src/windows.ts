import { NacreError } from "@nacre/errors";
import type { AudioStream } from "@nacre/signal";

/**
 * How a signal is cut for the encoder.
 *
 * hop    samples per frame
 * chunk  frames per window
 * past   frames of context in front
 * tail   frames coded beyond the last sample
 */
export type WindowLayout = { hop: number; chunk: number; past: number; tail: number };

/** One window: [past + chunk] frames of samples per channel; `frames` of the chunk hold sound. */
export type Window = { channels: Float32Array[]; frames: number };

/**
 * Cuts a stream into windows of one fixed size with context in front; zeros stand before the first and
 * after the last sample. Memory holds one window, whatever the sizes of the blocks.
 *
 * throws NacreError "media" at a sample that is no finite number
 */
export async function* windowsOf(
  sound: AudioStream,
  layout: WindowLayout,
): AsyncGenerator<Window, void, undefined> {
  const { hop, chunk, past, tail } = layout;
  const size = (past + chunk) * hop;
  const fresh = () => Array.from({ length: sound.channelCount }, () => new Float32Array(size));
  let window = fresh();
  let filled = past * hop;
  let total = 0;
  const advance = () => {
    const next = fresh();
    next.forEach((samples, channel) => {
      samples.set(window[channel]!.subarray(chunk * hop));
    });
    window = next;
    filled = past * hop;
  };
  for await (const block of sound.blocks) {
    checkFinite(block, total);
    const length = block[0]?.length ?? 0;
    let at = 0;
    while (at < length) {
      if (filled === size) {
        yield { channels: window, frames: chunk };
        advance();
      }
      const count = Math.min(length - at, size - filled);
      block.forEach((samples, channel) => {
        window[channel]!.set(samples.subarray(at, at + count), filled);
      });
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

function checkFinite(block: readonly Float32Array[], before: number): void {
  for (const [channel, samples] of block.entries()) {
    const at = samples.findIndex((value) => !Number.isFinite(value));
    if (at < 0) continue;
    throw new NacreError("media", {
      found: `sample ${before + at} of channel ${channel + 1} is ${samples[at]}`,
      expected: "finite numbers",
      mend: "repair the sound first",
    });
  }
}
