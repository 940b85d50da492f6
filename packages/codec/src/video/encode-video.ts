import {
  type Chunk,
  createStreamWriter,
  MOST_REPEATS,
  type ParsedStream,
  parseStream,
  type SoundHeader,
  type StreamWriter,
  soundHeader,
  type VideoEnds,
} from "@nacre/bitstream";
import { NacreError } from "@nacre/errors";
import type { Picture } from "@nacre/signal";
import { inFlight } from "../in-flight.js";
import type { CodedFrame, FrameCodec } from "./frame-codec.js";
import { type RateControl, rateControl } from "./rate-control.js";
import type { EncodeVideoOptions, PictureVideo, SoundFile, VideoPicture } from "./video-codec.js";
import { secondsOf, videoHeaderOf } from "./video-header.js";

/** Frames under way where they do not wait for each other: the next is read while the networks work. */
const framesAhead = 2;

/** A video to the bytes of a file; see VideoCodec.encode. */
export async function* encodeVideo(
  codec: FrameCodec,
  video: PictureVideo,
  options: EncodeVideoOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { sound, length, onProgress } = options;
  const control = rateControl(
    options,
    video.width * video.height,
    secondsOf(video, 1, video.clock ? video.clock / 25 : 0),
  );
  const used = codec.layersOf(control.choose());
  const track = sound && (await openTrack(sound));
  try {
    const header = videoHeaderOf(codec, video, used, length, track?.header);
    const writer = createStreamWriter(header);
    const out = fileWriter(writer, control, track);
    yield writer.start();
    let coded = 0;
    for await (const frame of codedFrames(codec, control, video)) {
      const { number, time } = frame;
      if (frame.coded) yield* out.flush();
      yield* out.soundUntil(secondsOf(video, number, time));
      if (frame.coded) {
        const sections = frame.coded.sections.slice(0, header.layers.length);
        yield out.write(
          { frames: 1, sections, mark: { kind: "intra", number, ...timesOf([time]) } },
          "frame",
        );
      } else yield* out.repeat(number, time);
      if (frame.coded) coded++;
      onProgress?.(number + 1, coded);
    }
    yield* out.flush();
    if (out.frames() === 0) throw noFrames();
    yield* out.soundUntil(Number.POSITIVE_INFINITY);
    yield writer.finish(out.frames(), await endsOf(video, track));
  } finally {
    await track?.close();
  }
}

type NumberedFrame = { number: number; time: number | undefined; coded: CodedFrame | undefined };

/** Every frame, coded, or without codes where it is the same as the one before. */
function codedFrames(
  codec: FrameCodec,
  control: RateControl,
  video: PictureVideo,
): AsyncGenerator<NumberedFrame, void, undefined> {
  return inFlight(
    comparedFrames(control, video),
    () => (control.follows ? 1 : framesAhead),
    async ({ picture, isRepeat, ...place }) => ({
      ...place,
      coded: isRepeat ? undefined : await codedOnce(codec, control, picture),
    }),
  );
}

async function codedOnce(codec: FrameCodec, control: RateControl, picture: Picture): Promise<CodedFrame> {
  const choice = control.choose();
  const coded = await codec.codeIntra(picture, choice);
  const again = control.found(coded, choice);
  if (!again) return coded;
  const better = await codec.codeIntra(picture, again);
  control.found(better, again);
  return better;
}

async function* comparedFrames(control: RateControl, video: PictureVideo) {
  let before: VideoPicture | undefined;
  let number = 0;
  for await (const { picture, time } of video.pictures) {
    checkFrame(video, picture, number);
    const place = { number, time: video.clock === undefined ? undefined : time };
    control.earn(
      before
        ? secondsOf(video, number, time) - secondsOf(video, number - 1, before.time)
        : secondsOf(video, 1, video.clock ? video.clock / 25 : 0),
    );
    yield { ...place, picture, isRepeat: before !== undefined && samePicture(before.picture, picture) };
    before = { picture, ...(time !== undefined && { time }) };
    number++;
  }
}

/** Whether two pictures are the same, sample by sample. */
function samePicture(a: Picture, b: Picture): boolean {
  if (a === b) return true;
  return a.planes.every((plane, at) => {
    const other = b.planes[at]!;
    for (let sample = 0; sample < plane.length; sample++) if (plane[sample] !== other[sample]) return false;
    return true;
  });
}

function checkFrame({ width, height }: PictureVideo, picture: Picture, number: number): void {
  if (
    picture.width === width &&
    picture.height === height &&
    picture.colour === "rgb" &&
    picture.bitDepth === 8
  )
    return;
  throw new NacreError("shape", {
    found: `frame ${number + 1} of ${picture.width} x ${picture.height}, ${picture.bitDepth}-bit ${picture.colour}`,
    expected: `${width} x ${height}, 8-bit rgb, as the first`,
    mend: "bring all frames to one size first",
  });
}

/** Puts chunks into the file in their order, holds a run of repeated frames together, and tells the control of bytes. */
function fileWriter(writer: StreamWriter, control: RateControl, track: Track | undefined) {
  let run: { number: number; times: (number | undefined)[] } | undefined;
  let frames = 0;
  const write = (chunk: Chunk, of: "frame" | "other") => {
    const bytes = writer.chunk(chunk);
    control.spend(bytes.length, of);
    if (chunk.mark?.kind !== "sound") frames += chunk.frames;
    return bytes;
  };
  function* flush() {
    if (!run) return;
    const { number, times } = run;
    run = undefined;
    yield write(
      { frames: times.length, sections: [], mark: { kind: "repeat", number, ...timesOf(times) } },
      "frame",
    );
  }
  return {
    write,
    flush,
    frames: () => frames,
    *repeat(number: number, time: number | undefined) {
      if (run?.times.length === MOST_REPEATS) yield* flush();
      run ??= { number, times: [] };
      run.times.push(time);
    },
    async *soundUntil(seconds: number) {
      for (let piece = await track?.until(seconds); piece; piece = await track?.until(seconds)) {
        yield* flush();
        yield write(piece, "other");
      }
    },
  };
}

function timesOf(times: readonly (number | undefined)[]): { times?: number[] } {
  const known = times.filter((time) => time !== undefined);
  return known.length > 0 ? { times: known } : {};
}

type Track = Awaited<ReturnType<typeof openTrack>>;

/** A sound's file as pieces that are asked for as the video goes on. */
async function openTrack({ file, frameRate }: SoundFile) {
  const stream: ParsedStream<number> = await parseStream(file);
  const header: SoundHeader = soundHeader(stream.header);
  const chunks = stream.chunks[Symbol.asyncIterator]();
  let number = 0;
  let isOpen = true;
  return {
    header,
    /** The next piece, where it begins no later than so many seconds. */
    async until(seconds: number): Promise<Chunk | undefined> {
      if (!isOpen || number / frameRate > seconds) return undefined;
      const { done, value } = await chunks.next();
      isOpen = !done;
      if (done) return undefined;
      const piece: Chunk = { ...value, mark: { kind: "sound", number } };
      number += value.frames;
      return piece;
    },
    length: async () => (await stream.end()).length,
    async close() {
      if (isOpen) await chunks.return?.();
    },
  };
}

async function endsOf({ clock, endTime }: PictureVideo, track: Track | undefined): Promise<VideoEnds> {
  return {
    ...(clock !== undefined && { endTime: endTime?.() ?? 0 }),
    ...(track && { soundLength: await track.length() }),
  };
}

function noFrames(): NacreError {
  return new NacreError("media", { found: "a video without frames", expected: "at least one" });
}
