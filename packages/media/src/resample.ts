import { assert, NacreError } from "@nacre/errors";
import type { Audio, AudioStream } from "@nacre/signal";
import { filterFor } from "./filter.js";
import { advance, outputLength, outputsBefore, type Ratio } from "./place.js";
import { assertBlock, lengthOf } from "./stream.js";

// A file may claim to have one sample a second: its blocks would become 24000 times as large.
const mostOut = 2 ** 18;
// The filter lasts 128 samples of the lower rate, in memory: 1 GiB of taps at this.
const mostReduction = 2 ** 20;

/** length: samples per channel of the result; cuts, or goes on into silence. */
export type ResampleOptions = { length?: number };

/**
 * A sound at another sample rate: ceil(length * sampleRate / audio.sampleRate) samples per channel.
 *
 * Band-limited with linear phase and no delay: sample m is the sound at m / sampleRate seconds. What
 * lies above half the lower of the two rates is at least 80 dB down, the lower nine tenths stay flat;
 * before the first and after the last sample there is silence. At the same rate nothing changes.
 *
 * sampleRate  hertz, a whole number of at most 2^32, at most 2^20 times lower than that of the sound
 * throws      NacreError "option" for a rate that is not, "shape" for channels of unequal lengths
 */
export function resample(audio: Audio, sampleRate: number, options: ResampleOptions = {}): Audio {
  lengthOf(audio);
  const resampler = createResampler(audio.sampleRate, sampleRate, audio.channels.length, options);
  const body = resampler.push(audio.channels);
  const tail = resampler.end();
  return { sampleRate, channels: body.map((samples, channel) => joinTwo(samples, tail[channel]!)) };
}

/**
 * The same for a stream, block by block: the samples are those of `resample` to the last bit, whatever
 * the sizes of the blocks. Takes and throws the same; memory is bounded by the block that comes in and
 * the length of the filter: what goes out is cut into blocks of some 2^18 samples.
 */
export function resampleStream(
  stream: AudioStream,
  sampleRate: number,
  options: ResampleOptions = {},
): AudioStream {
  const ratio = ratioOf(stream.sampleRate, sampleRate);
  const length =
    options.length ?? (stream.length === undefined ? undefined : outputLength(stream.length, ratio));
  checkLength(options.length);
  return {
    sampleRate,
    channelCount: stream.channelCount,
    ...(length !== undefined && { length }),
    blocks: { [Symbol.asyncIterator]: () => resampledBlocks(stream, sampleRate, options) },
  };
}

async function* resampledBlocks(
  stream: AudioStream,
  sampleRate: number,
  options: ResampleOptions,
): AsyncGenerator<Float32Array[]> {
  const resampler = createResampler(stream.sampleRate, sampleRate, stream.channelCount, options);
  const most = Math.max(1, Math.floor((mostOut * stream.sampleRate) / sampleRate));
  for await (const block of stream.blocks) {
    assertBlock(block, stream.channelCount);
    for (let at = 0; at < block[0]!.length; at += most) {
      const out = resampler.push(block.map((samples) => samples.subarray(at, at + most)));
      if (out[0]!.length > 0) yield out;
      if (resampler.isFull()) return;
    }
  }
  const tail = resampler.end();
  if (tail[0]!.length > 0) yield tail;
}

/**
 * push    takes input, returns every output sample that it decides
 * end     returns the rest
 * isFull  true when a wanted length is reached and further input cannot matter
 */
type Resampler = {
  push(block: Float32Array[]): Float32Array[];
  end(): Float32Array[];
  isFull(): boolean;
};

function createResampler(
  inRate: number,
  outRate: number,
  channelCount: number,
  options: ResampleOptions,
): Resampler {
  checkLength(options.length);
  const ratio = ratioOf(inRate, outRate);
  return ratio.up === ratio.down
    ? passThrough(channelCount, options.length)
    : polyphase(ratio, channelCount, options.length);
}

function passThrough(channelCount: number, length = Number.POSITIVE_INFINITY): Resampler {
  let made = 0;
  return {
    push(block) {
      const out = block.map((samples) => samples.slice(0, length - made));
      made += out[0]!.length;
      return out;
    },
    end: () => silence(channelCount, Number.isFinite(length) ? length - made : 0),
    isFull: () => made >= length,
  };
}

function polyphase(ratio: Ratio, channelCount: number, wanted = Number.POSITIVE_INFINITY): Resampler {
  const filter = filterFor(ratio);
  const { halfTaps } = filter;
  // `kept` holds input from sample `first` on; samples before the sound are zeros.
  let kept = silence(channelCount, halfTaps);
  let first = -halfTaps;
  let received = 0;
  let made = 0;
  let place = { whole: 0, phase: 0 };

  function produce(count: number): Float32Array[] {
    const out = silence(channelCount, count);
    filter.run(kept, place.whole - halfTaps + 1 - first, place.phase, out);
    place = advance(place, count, ratio);
    made += count;
    return out;
  }

  function append(block: Float32Array[]): void {
    const drop = Math.max(0, Math.min(place.whole - halfTaps + 1 - first, kept[0]!.length));
    kept = kept.map((samples, channel) => joinTwo(samples.subarray(drop), block[channel]!));
    first += drop;
  }

  return {
    push(block) {
      append(block);
      received += block[0]!.length;
      return produce(Math.min(outputsBefore(received - halfTaps, place, ratio), wanted - made));
    },
    end() {
      const rest = (Number.isFinite(wanted) ? wanted : outputLength(received, ratio)) - made;
      append(silence(channelCount, Math.max(0, advance(place, rest, ratio).whole + halfTaps + 2 - received)));
      return produce(rest);
    },
    isFull: () => made >= wanted,
  };
}

function ratioOf(inRate: number, outRate: number): Ratio {
  for (const rate of [inRate, outRate]) {
    if (!Number.isInteger(rate) || rate < 1 || rate > 2 ** 32) {
      throw new NacreError("option", {
        found: `a sample rate of ${rate} Hz`,
        expected: "a whole number of 1 to 2^32",
      });
    }
  }
  if (inRate / outRate > mostReduction) {
    throw new NacreError("option", {
      found: `sound at ${inRate} Hz to be resampled to ${outRate} Hz`,
      expected: `a rate at most ${mostReduction} times lower`,
      mend: "lower it in two steps",
    });
  }
  const common = commonDivisor(inRate, outRate);
  return { up: outRate / common, down: inRate / common };
}

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b);
}

function checkLength(length: number | undefined): void {
  if (length === undefined || (Number.isSafeInteger(length) && length >= 0)) return;
  throw new NacreError("option", {
    found: `a length of ${length} samples`,
    expected: "a whole number of at least 0",
  });
}

function silence(channelCount: number, length: number): Float32Array[] {
  return Array.from({ length: channelCount }, () => new Float32Array(length));
}

function joinTwo(a: Float32Array, b: Float32Array): Float32Array {
  assert(a !== undefined && b !== undefined, "both halves of a channel exist");
  if (b.length === 0) return a;
  const whole = new Float32Array(a.length + b.length);
  whole.set(a);
  whole.set(b, a.length);
  return whole;
}
