import type { VideoHeader } from "@nacre/bitstream";
import { soundtrackOf } from "@nacre/codec";
import type { AudioStream } from "@nacre/signal";
import { open } from "./open.js";

/** What of a soundtrack is wanted; see DecodeVideoOptions. */
export type VideoSoundOptions = {
  recover?: boolean;
  /** Name or folder of the model that made it, where it is no installed one; the one that the file names by default. */
  model?: string;
  /** Seconds; only the pieces that are needed are decoded. */
  from?: number;
  to?: number;
  signal?: AbortSignal;
};

/**
 * The soundtrack of a video's file, decoded by the model that it names; undefined where it has none.
 *
 * source  the video's file, from its beginning
 * close   frees the networks
 * throws  NacreError "model" when that model is not installed, and as decoding a sound
 */
export async function openVideoSound(
  header: VideoHeader,
  source: AsyncIterable<Uint8Array>,
  { recover = false, model, from, to, signal }: VideoSoundOptions = {},
): Promise<(AudioStream & { close(): Promise<void> }) | undefined> {
  const { sound } = header;
  if (!sound) return undefined;
  const nacre = await open(model ?? sound.model);
  const seconds = sound.framesPerChunk / nacre.model.frameRate;
  const isPart = from !== undefined || to !== undefined;
  // A piece before and behind: the networks hear what lies round them.
  const pieces = {
    first: Math.max(0, Math.floor((from ?? 0) / seconds) - 1),
    last: to === undefined ? Number.POSITIVE_INFINITY : Math.ceil(to / seconds) + 1,
  };
  const file = soundtrackOf(header, source, { recover, ...(isPart && { pieces }) });
  // Of a part nobody knows the exact length, which recovering does not ask for; the pieces themselves were checked.
  const stream = await nacre.decodeStream(file, { recover: recover || isPart, ...(signal && { signal }) });
  const close = () => nacre.close();
  if (!isPart) return { ...stream, close };
  const [start, end] = [from ?? 0, to ?? Number.POSITIVE_INFINITY].map((time) =>
    Math.round((time - pieces.first * seconds) * stream.sampleRate),
  );
  const { length: _whole, ...part } = stream;
  return { ...part, blocks: cut(stream.blocks, start!, end!), close };
}

async function* cut(
  blocks: AsyncIterable<Float32Array[]>,
  from: number,
  to: number,
): AsyncGenerator<Float32Array[], void, undefined> {
  let at = 0;
  for await (const block of blocks) {
    const length = block[0]!.length;
    const [first, last] = [Math.max(0, from - at), Math.min(length, to - at)];
    if (first < last) yield block.map((samples) => samples.subarray(first, last));
    at += length;
    if (at >= to) return;
  }
}
