import { assert, NacreError } from "@nacre/errors";
import type { Audio, AudioStream } from "@nacre/signal";
import { filterFor } from "./filter.js";
import { assertBlock, lengthOf } from "./stream.js";

/** length: samples per channel of the result; cuts, or goes on into silence. */
export type ResampleOptions = { length?: number };

/**
 * A sound at another sample rate: ceil(length * sampleRate / audio.sampleRate) samples per channel.
 *
 * Band-limited with linear phase and no delay: sample m is the sound at m / sampleRate seconds. What
 * lies above half the lower of the two rates is at least 80 dB down, the lower nine tenths stay flat;
 * before the first and after the last sample there is silence. At the same rate nothing changes.
 *
 * sampleRate  hertz, a whole number; any ratio
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
 * the sizes of the blocks. Takes and throws the same; memory is bounded by the block.
 */
export function resampleStream(
  stream: AudioStream,
  sampleRate: number,
  options: ResampleOptions = {},
): AudioStream {
  const { up, down } = ratioOf(stream.sampleRate, sampleRate);
  const length =
    options.length ?? (stream.length === undefined ? undefined : outputLength(stream.length, up, down));
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
  for await (const block of stream.blocks) {
    assertBlock(block, stream.channelCount);
    const out = resampler.push(block);
    if (out[0]!.length > 0) yield out;
    if (resampler.isFull()) return;
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
  const { up, down } = ratioOf(inRate, outRate);
  return up === down
    ? passThrough(channelCount, options.length)
    : polyphase(up, down, channelCount, options.length);
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

/** Output sample m stands at input place m * down / up. */
function polyphase(up: number, down: number, channelCount: number, wanted: number | undefined): Resampler {
  const filter = filterFor(up, down);
  const { halfTaps } = filter;
  // `kept` holds input from sample `first` on; samples before the sound are zeros.
  let kept = silence(channelCount, halfTaps);
  let first = -halfTaps;
  let received = 0;
  let made = 0;
  // The place of the next output: whole input samples and `phase` parts of up.
  let base = 0;
  let phase = 0;

  function produce(count: number): Float32Array[] {
    const out = silence(channelCount, count);
    filter.run(kept, base - halfTaps + 1 - first, phase, out);
    // By whole turns of the phases first, so that long blocks at odd rates stay exact integers.
    const parts = phase + (count % up) * down;
    base += Math.floor(count / up) * down + Math.floor(parts / up);
    phase = parts % up;
    made += count;
    return out;
  }

  /** Outputs whose taps all lie before input sample `end`. */
  function decided(end: number): number {
    const room = end - halfTaps - base;
    return room <= 0 ? 0 : Math.ceil((room * up - phase) / down);
  }

  function append(block: Float32Array[]): void {
    const drop = Math.max(0, Math.min(base - halfTaps + 1 - first, kept[0]!.length));
    kept = kept.map((samples, channel) => joinTwo(samples.subarray(drop), block[channel]!));
    first += drop;
  }

  const left = () => (wanted ?? Number.POSITIVE_INFINITY) - made;
  return {
    push(block) {
      append(block);
      received += block[0]!.length;
      return produce(Math.min(decided(received), left()));
    },
    end() {
      const rest = (wanted ?? outputLength(received, up, down)) - made;
      const reach = base + Math.ceil((phase + rest * down) / up) + halfTaps;
      append(silence(channelCount, Math.max(0, reach + 1 - received)));
      return produce(rest);
    },
    isFull: () => left() <= 0,
  };
}

function ratioOf(inRate: number, outRate: number): { up: number; down: number } {
  for (const rate of [inRate, outRate]) {
    if (!Number.isInteger(rate) || rate < 1 || rate > 2 ** 32) {
      throw new NacreError("option", {
        found: `a sample rate of ${rate} Hz`,
        expected: "a whole number of at least 1",
      });
    }
  }
  const common = commonDivisor(inRate, outRate);
  return { up: outRate / common, down: inRate / common };
}

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b);
}

/** ceil(length * up / down) without leaving exact integers. */
function outputLength(length: number, up: number, down: number): number {
  const whole = Math.floor(length / down);
  return whole * up + Math.ceil(((length % down) * up) / down);
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
