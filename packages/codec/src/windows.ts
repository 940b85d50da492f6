import { NacreError } from "@nacre/errors";
import type { AudioStream } from "@nacre/signal";
import { type InnerWindow, innerWindows } from "./inner-windows.js";
import type { Model } from "./model.js";
import { sideOf } from "./sides.js";

/**
 * How a signal is cut for the encoder.
 *
 * hop    samples per frame
 * chunk  frames per window
 * past   frames of context in front
 * future frames of context behind
 * together  frames that come in one: all but tail are multiples of it
 * tail   frames coded beyond the last sample
 * inner  windows lie inside the signal; see innerWindows
 */
export type WindowLayout = {
  hop: number;
  chunk: number;
  past: number;
  future: number;
  together: number;
  tail: number;
  inner: boolean;
};

/**
 * One window: [past + chunk + future] frames of samples per channel, fewer for a short sound where windows are
 * inner; `frames` of the chunk, which begins `first` frames in, hold sound.
 */
export type Window = InnerWindow<Float32Array>;

/** How a model's encoder wants its sound. */
export function layoutOf(model: Model, tail: number): WindowLayout {
  const { ownEnds, ...field } = sideOf(model, "encoder");
  const { hop, config, framesTogether } = model;
  return { hop, chunk: config.framesPerChunk, ...field, together: framesTogether, tail, inner: ownEnds };
}

/**
 * Cuts a stream into windows of one fixed size with context in front. Zeros stand before the first and
 * after the last sample, unless windows are inner. Memory holds one window, whatever the sizes of the blocks.
 *
 * throws NacreError "media" at a sample that is no finite number, "shape" at a block of other channels
 */
export async function* windowsOf(
  sound: AudioStream,
  layout: WindowLayout,
): AsyncGenerator<Window, void, undefined> {
  if (layout.inner) yield* innerWindowsOf(sound, layout);
  else yield* outerWindowsOf(sound, layout);
}

async function* innerWindowsOf(
  sound: AudioStream,
  layout: WindowLayout,
): AsyncGenerator<Window, void, undefined> {
  const windows = innerWindows<Float32Array>(
    (n) => new Float32Array(n),
    sound.channelCount,
    layout.hop,
    layout,
  );
  let total = 0;
  for await (const block of sound.blocks) {
    total += checkBlock(block, sound.channelCount, total);
    yield* windows.add(block);
  }
  const { hop, tail } = layout;
  if (total > 0 && tail > 0) {
    const rest = Math.ceil(total / hop) * hop - total + tail * hop;
    yield* windows.add(Array.from({ length: sound.channelCount }, () => new Float32Array(rest)));
  }
  yield* windows.finish();
}

async function* outerWindowsOf(
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
        yield { channels: window, first: past, frames: chunk };
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
    yield { channels: window, first: past, frames: Math.min(left, chunk) };
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
