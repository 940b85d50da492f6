import { assert, NacreError } from "@nacre/errors";
import type { Audio, AudioSource, AudioStream } from "@nacre/signal";

/**
 * A sound in memory as a stream of one block (none when it is empty). It may be read more than once.
 * Throws NacreError "shape" when its channels are missing or of different lengths.
 */
export function streamOf(audio: Audio): AudioStream {
  const length = lengthOf(audio);
  return {
    sampleRate: audio.sampleRate,
    channelCount: audio.channels.length,
    length,
    blocks: {
      async *[Symbol.asyncIterator]() {
        if (length > 0) yield audio.channels;
      },
    },
  };
}

/** The whole of a stream in memory, 4 bytes a sample and channel. */
export async function collect(stream: AudioStream): Promise<Audio> {
  const pieces: Float32Array[][] = Array.from({ length: stream.channelCount }, () => []);
  for await (const block of stream.blocks) {
    assertBlock(block, stream.channelCount);
    for (const [channel, samples] of block.entries()) pieces[channel]!.push(samples.slice());
  }
  // Each list is let go as soon as it is joined, so the peak is the sound plus one channel.
  return { sampleRate: stream.sampleRate, channels: pieces.map((list) => joined(list.splice(0))) };
}

/** Any sound as a stream. */
export function asStream(source: AudioSource): AudioStream {
  return "blocks" in source ? source : streamOf(source);
}

/** Samples per channel; throws NacreError "shape" when the channels disagree or there are none. */
export function lengthOf(audio: Audio): number {
  const lengths = audio.channels.map((samples) => samples.length);
  const length = lengths[0];
  if (length === undefined || lengths.some((other) => other !== length)) {
    throw new NacreError("shape", {
      found: `a sound whose channels have ${lengths.join(", ") || "no"} samples`,
      expected: "at least one channel and all of one length",
    });
  }
  return length;
}

/** Throws when a block does not have one array per channel, all of one length. */
export function assertBlock(block: Float32Array[], channelCount: number): void {
  const length = block[0]?.length;
  assert(
    block.length === channelCount && block.every((samples) => samples.length === length),
    `every block of a stream has ${channelCount} channels of one length`,
  );
}

/** Blocks that can be read once; a second reading is a mistake and not an empty sound. */
export function readOnce<T>(blocks: AsyncGenerator<T, void, undefined>): AsyncIterable<T> {
  let begun = false;
  return {
    [Symbol.asyncIterator]() {
      assert(!begun, "the blocks of a file or pipe are read once; open it again to read it again");
      begun = true;
      return blocks;
    },
  };
}

function joined(pieces: Float32Array[]): Float32Array {
  if (pieces.length === 1) return pieces[0]!;
  const whole = new Float32Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
