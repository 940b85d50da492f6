import type { AudioStream } from "@nacre/signal";
import type { MediaAudioSample, MediaLibrary, MediaTrack } from "./library.js";

/** Seconds by which a sample may lie off before silence is laid in: less is rounding of a file's times. */
const slack = 0.02;

/**
 * The sound of a file, beginning with its pictures: what is heard before them is left out, and silence stands where there
 * is none yet.
 *
 * start  seconds at which the first picture is shown
 */
export function containerSound(library: MediaLibrary, track: MediaTrack, start: number): AudioStream {
  const { sampleRate, numberOfChannels: channelCount } = track;
  return { sampleRate, channelCount, blocks: blocksOf(library, track, start) };
}

async function* blocksOf(
  library: MediaLibrary,
  track: MediaTrack,
  start: number,
): AsyncGenerator<Float32Array[], void, undefined> {
  const { sampleRate, numberOfChannels } = track;
  let written = 0;
  for await (const sample of new library.AudioSampleSink(track).samples()) {
    const block = planesOf(sample, numberOfChannels);
    sample.close();
    const place = Math.round((sample.timestamp - start) * sampleRate);
    const gap = place - written;
    const length = block[0]!.length;
    if (gap > slack * sampleRate || (written === 0 && gap > 0)) {
      yield block.map(() => new Float32Array(gap));
      written += gap;
    }
    const early = written === 0 ? Math.min(length, Math.max(0, -gap)) : 0;
    if (early < length) yield block.map((plane) => plane.subarray(early));
    written += length - early;
  }
}

function planesOf(sample: MediaAudioSample, channels: number): Float32Array[] {
  return Array.from({ length: channels }, (_, channel) => {
    const plane = new Float32Array(sample.numberOfFrames);
    const planeIndex = Math.min(channel, sample.numberOfChannels - 1);
    sample.copyTo(plane, { planeIndex, format: "f32-planar" });
    return plane;
  });
}
