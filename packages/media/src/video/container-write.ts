import { NacreError } from "@nacre/errors";
import type { AudioStream, VideoFrame, VideoStream } from "@nacre/signal";
import type { ColourRules } from "./colour.js";
import { type MediaAudioSample, type MediaLibrary, type MediaVideoSample, mediaLibrary } from "./library.js";
import { frameBytes } from "./planes.js";

/**
 * An MP4 file on its way.
 *
 * parts  its bytes in order
 * start  asked once the parts are through: bytes to put over the beginning; nothing for a pipe's form
 */
export type WrittenMp4 = {
  parts: AsyncGenerator<Uint8Array, void, undefined>;
  start(): Uint8Array | undefined;
};

/** Bytes of the beginning that are kept, to be put right at the end: the lengths of what the file holds. */
const keptBytes = 4096;
const soundBitrate = 160_000;
/** What an AAC encoder puts before the sound (ISO/IEC 14496-24); the file says that it is not to be heard. */
const primingSamples = 1024;
const keyFrameSeconds = 2;

/**
 * A video as an MP4 file: H.264 in very high quality with AAC, through the optional library.
 *
 * video    4:2:0, of even sides: H.264 has no others
 * isPipe   in pieces that need no going back
 * throws   NacreError "media" for odd sides, without the library, or when it refuses, "shape" for planes that are not those of the video
 */
export async function mp4File(
  video: VideoStream & ColourRules,
  sound: AudioStream | undefined,
  { isPipe = false }: { isPipe?: boolean } = {},
): Promise<WrittenMp4> {
  checkEven(video);
  const library = await mediaLibrary("an MP4 file");
  const written: { bytes: Uint8Array; position: number }[] = [];
  const target = new WritableStream<{ data: Uint8Array; position: number }>({
    write: ({ data, position }) => void written.push({ bytes: data.slice(), position }),
  });
  const output = new library.Output({
    format: new library.Mp4OutputFormat({ fastStart: isPipe ? "fragmented" : false }),
    target: new library.StreamTarget(target),
  });
  const kept = { bytes: new Uint8Array(keptBytes), size: 0, changed: false };
  async function* parts() {
    try {
      for await (const _ of filled(library, output, video, sound)) yield* inOrder(written, kept);
      await output.finalize();
      yield* inOrder(written, kept);
    } catch (error) {
      await output.cancel().catch(() => undefined);
      throw inOurWords(error);
    }
  }
  return { parts: parts(), start: () => (kept.changed ? kept.bytes.subarray(0, kept.size) : undefined) };
}

function checkEven({ width, height }: VideoStream): void {
  if (width % 2 === 0 && height % 2 === 0) return;
  throw new NacreError("media", {
    found: `an MP4 file of ${width} x ${height} pixels`,
    expected: "even sides, as H.264 in 4:2:0 has them",
    mend: "decode to .y4m or to pictures instead",
  });
}

type Output = InstanceType<MediaLibrary["Output"]>;

/** Adds frames and the sound that belongs beside them, and stops after each, so that bytes can be taken. */
async function* filled(
  library: MediaLibrary,
  output: Output,
  video: VideoStream & ColourRules,
  sound: AudioStream | undefined,
): AsyncGenerator<void, void, undefined> {
  const { width, height, rate, matrix, range } = video;
  const pictures = new library.VideoSampleSource({
    codec: "avc",
    bitrate: library.QUALITY_VERY_HIGH,
    keyFrameInterval: keyFrameSeconds,
  });
  const heard = sound && new library.AudioSampleSource({ codec: "aac", bitrate: soundBitrate });
  output.addVideoTrack(pictures, rate ? { frameRate: rate.numerator / rate.denominator } : {});
  if (heard) output.addAudioTrack(heard);
  await output.start();
  const colours = coloursOf(matrix, range);
  const blocks = sound ? soundSamples(library, sound) : undefined;
  let next = await blocks?.next();
  for await (const { frame, from, to } of spanned(video)) {
    const sample = new library.VideoSample(joined(video, frame), {
      ...{ format: "I420", codedWidth: width, codedHeight: height, colorSpace: colours },
      ...{ timestamp: from, duration: to - from },
    });
    await added(pictures, sample);
    for (; next && !next.done && next.value.timestamp <= to; next = await blocks?.next())
      await added(heard!, next.value);
    yield;
  }
  pictures.close();
  for (; next && !next.done; next = await blocks?.next()) {
    await added(heard!, next.value);
    yield;
  }
  heard?.close();
}

async function added<Sample extends MediaVideoSample | MediaAudioSample>(
  source: { add(sample: Sample): Promise<void> },
  sample: Sample,
): Promise<void> {
  try {
    await source.add(sample);
  } finally {
    sample.close();
  }
}

/** Frames with the seconds they are shown from and to; 25 for a second where nobody says. */
async function* spanned(video: VideoStream) {
  const { rate = { numerator: 25, denominator: 1 }, clock, frames, endTime } = video;
  const pace = rate.denominator / rate.numerator;
  if (clock === undefined) {
    let number = 0;
    for await (const frame of frames) yield { frame, from: number * pace, to: ++number * pace };
    return;
  }
  let held: VideoFrame | undefined;
  for await (const frame of frames) {
    if (held) yield { frame: held, from: held.time! / clock, to: frame.time! / clock };
    held = frame;
  }
  if (!held) return;
  const from = held.time! / clock;
  yield { frame: held, from, to: Math.max(from + 1 / clock, (endTime?.() ?? 0) / clock) };
}

async function* soundSamples(library: MediaLibrary, { sampleRate, channelCount, blocks }: AudioStream) {
  let at = 0;
  for await (const block of blocks) {
    const length = block[0]!.length;
    const data = new Float32Array(length * channelCount);
    for (const [channel, samples] of block.entries()) data.set(samples, channel * length);
    yield new library.AudioSample({
      ...{ data, format: "f32-planar", numberOfChannels: channelCount, sampleRate },
      timestamp: (at - primingSamples) / sampleRate,
    });
    at += length;
  }
}

function joined(video: VideoStream, { planes }: VideoFrame): Uint8Array {
  const bytes = new Uint8Array(frameBytes(video));
  let at = 0;
  for (const plane of planes) {
    if (at + plane.length > bytes.length) break;
    bytes.set(plane, at);
    at += plane.length;
  }
  if (at === bytes.length && planes.every(({ length }) => length > 0)) return bytes;
  throw new NacreError("shape", {
    found: `planes of ${planes.map(({ length }) => length).join(", ")} samples`,
    expected: `${bytes.length} together, for ${video.width} x ${video.height} in ${video.subsampling}`,
  });
}

function coloursOf(matrix: ColourRules["matrix"], range: ColourRules["range"]) {
  const name = matrix === "bt601" ? "smpte170m" : "bt709";
  return { primaries: name, transfer: name, matrix: name, fullRange: range === "full" };
}

type Kept = { bytes: Uint8Array; size: number; changed: boolean };

/** What was written since, in order; what goes back to the beginning changes the kept copy of it. */
function* inOrder(written: { bytes: Uint8Array; position: number }[], kept: Kept & { end?: number }) {
  for (const { bytes, position } of written.splice(0)) {
    const end = kept.end ?? 0;
    const isBack = position < end;
    if (isBack && position + bytes.length > Math.min(end, keptBytes))
      throw new Error("an MP4 writer that goes back further than its beginning");
    if (position < keptBytes) kept.bytes.set(bytes.subarray(0, keptBytes - position), position);
    kept.changed ||= isBack;
    if (isBack) continue;
    kept.end = position + bytes.length;
    kept.size = Math.min(keptBytes, kept.end);
    yield bytes;
  }
}

function inOurWords(error: unknown): unknown {
  if (error instanceof NacreError || !(error instanceof Error)) return error;
  return new NacreError(
    "media",
    {
      found: `the MP4 file cannot be written: ${error.message.split("\n", 1)[0]?.replace(/\.$/, "")}`,
      mend: "decode to .y4m or to pictures instead",
    },
    { cause: error },
  );
}
