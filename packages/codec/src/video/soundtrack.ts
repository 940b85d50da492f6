import {
  createStreamWriter,
  FORMAT_VERSION,
  type ParsedStream,
  parseStream,
  type SoundHeader,
  type VideoHeader,
} from "@nacre/bitstream";
import { assert } from "@nacre/errors";

/** The header that a video's soundtrack would have as a sound's own file; undefined where there is none. */
export function soundtrackHeader({ sound }: VideoHeader): SoundHeader | undefined {
  return sound && { ...sound, version: FORMAT_VERSION, media: "audio" };
}

/**
 * How a soundtrack is taken out.
 *
 * recover  goes on over damage: pieces that are lost are left out, which decoding with recover makes silent
 * pieces   the first and last that are wanted, 0-based, all by default; a part says the length of the whole
 */
export type SoundtrackOptions = { recover?: boolean; pieces?: { first: number; last: number } };

/**
 * The soundtrack of a video as the bytes of a sound's own file, byte for byte what it was made from. No model is needed.
 *
 * header   of the video, which has a soundtrack
 * source   the video's file
 * throws   NacreError "bitstream" as parseStream
 */
export async function* soundtrackOf(
  header: VideoHeader,
  source: AsyncIterable<Uint8Array>,
  { recover = false, pieces = { first: 0, last: Number.POSITIVE_INFINITY } }: SoundtrackOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  const own = soundtrackHeader(header);
  assert(own, "a video with a soundtrack");
  const writer = createStreamWriter(own);
  yield writer.start();
  const stream: ParsedStream<number | undefined> = await parseStream(source, { recover });
  let frames = pieces.first * own.framesPerChunk;
  for await (const { mark, sections, frames: count } of stream.chunks) {
    if (mark?.kind !== "sound" || mark.number < frames) continue;
    if (mark.number > pieces.last * own.framesPerChunk) break;
    for (; frames < mark.number; frames += own.framesPerChunk) writer.leaveOut();
    frames += count;
    if (sections.length === own.layers.length) yield writer.chunk({ frames: count, sections });
    else writer.leaveOut();
  }
  if (frames > pieces.last * own.framesPerChunk) {
    yield writer.finish(0);
    return;
  }
  const { soundLength } = await stream.end();
  if (soundLength !== undefined) yield writer.finish(soundLength);
}
