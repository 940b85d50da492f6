import { NacreError } from "@nacre/errors";
import type { AudioStream, Fraction, VideoFacts, VideoFrame } from "@nacre/signal";
import { containerSound } from "./container-sound.js";
import { frameTimes } from "./frame-times.js";
import {
  type MediaColours,
  type MediaInput,
  type MediaLibrary,
  type MediaTrack,
  type MediaVideoSample,
  mediaLibrary,
} from "./library.js";
import type { OpenedVideoFile, OpenVideoOptions } from "./open-video.js";
import { planeSizes } from "./planes.js";
import { defaultMaxFramePixels } from "./y4m-read.js";

const forms: Readonly<Record<string, VideoFacts["subsampling"]>> = {
  I420: "4:2:0",
  I444: "4:4:4",
  NV12: "4:2:0",
};
const matrices: Readonly<Record<string, VideoFacts["matrix"]>> = {
  bt470bg: "bt601",
  smpte170m: "bt601",
  bt709: "bt709",
};

/**
 * Opens an MP4, MOV, WebM or Matroska file through the library; 8 bits, 4:2:0 or 4:4:4, upright.
 *
 * throws  NacreError "media" without the library, for what it does not know, and for forms that are not read, by name
 */
export async function openContainer(path: string, options: OpenVideoOptions): Promise<OpenedVideoFile> {
  const library = await mediaLibrary(path);
  const input = new library.Input({
    source: new library.FilePathSource(path),
    formats: library.ALL_FORMATS,
  });
  try {
    return await opened(library, input, path, options);
  } catch (error) {
    input.dispose();
    throw inOurWords(error, path);
  }
}

async function opened(
  library: MediaLibrary,
  input: MediaInput,
  path: string,
  { maxFramePixels = defaultMaxFramePixels }: OpenVideoOptions,
): Promise<OpenedVideoFile> {
  const track = await input.getPrimaryVideoTrack();
  const sound = await input.getPrimaryAudioTrack();
  if (!track) throw noPictures(path, sound !== null);
  checkSize(track, path, maxFramePixels);
  if (!(await track.canDecode()))
    throw unread(path, `pictures coded by ${track.codec ?? "nobody knows what"}`);
  if (track.rotation !== 0) throw unread(path, `pictures turned by ${track.rotation} degrees`);
  const { ticks, lastDuration, ...times } = await timesOf(library, track);
  if (ticks.length === 0) throw noPictures(path, sound !== null);
  const first = await firstSample(library, track, path);
  const start = ticks[0]! / track.timeResolution;
  const warnings: string[] = [];
  const announced = await input.getDurationFromMetadata();
  const found = (ticks.at(-1)! + lastDuration) / track.timeResolution;
  if (announced !== null && announced > found + 1)
    warnings.push(
      `${path} announces ${announced.toFixed(1)} s and holds ${found.toFixed(1)} s: it was cut short`,
    );
  const facts = { ...first, ...times };
  const end = { time: 0 };
  return {
    ...facts,
    count: ticks.length,
    warnings,
    frames: framesOf(library, track, facts, { path, start, end }),
    ...(times.clock !== undefined && { endTime: () => end.time }),
    ...(sound && (await sound.canDecode()) && { sound: soundOf(library, sound, start, path) }),
    close: async () => input.dispose(),
  };
}

function soundOf(library: MediaLibrary, track: MediaTrack, start: number, path: string): AudioStream {
  const { blocks, ...sound } = containerSound(library, track, start);
  async function* inWords() {
    try {
      yield* blocks;
    } catch (error) {
      throw inOurWords(error, path);
    }
  }
  return { ...sound, blocks: inWords() };
}

/** When frames are shown: a rate where one gives the times that the file has, else the file's own clock. */
async function timesOf(library: MediaLibrary, track: MediaTrack) {
  const clock = Math.round(track.timeResolution);
  const ticks: number[] = [];
  let last = { at: Number.NEGATIVE_INFINITY, duration: 0 };
  const sink = new library.EncodedPacketSink(track);
  for await (const { timestamp, duration } of sink.packets(undefined, undefined, { metadataOnly: true })) {
    ticks.push(Math.round(timestamp * clock));
    if (timestamp > last.at) last = { at: timestamp, duration };
  }
  ticks.sort((a, b) => a - b);
  const lastDuration = Math.round(last.duration * clock);
  return { ticks, lastDuration, ...frameTimes(ticks, lastDuration, clock) };
}

async function firstSample(library: MediaLibrary, track: MediaTrack, path: string) {
  for await (const sample of new library.VideoSampleSink(track).samples()) {
    const { width, height } = sample.visibleRect;
    const colours = { ...sample.colorSpace, ...known(await track.getColorSpace()) };
    const facts = { width, height, subsampling: formOf(sample, path), ...colourFacts(colours, path) };
    const { num, den } = sample.pixelAspectRatio;
    const aspect: Fraction = { numerator: num, denominator: den };
    sample.close();
    return { ...facts, ...(num !== den && { aspect }) };
  }
  throw unread(path, "a track of pictures that holds none");
}

function known(colours: MediaColours): MediaColours {
  return Object.fromEntries(
    Object.entries(colours).filter(([, value]) => value !== null && value !== undefined),
  );
}

/** Matrix and range, where the file says them; a matrix that is not read is refused by its name. */
function colourFacts(
  { matrix, fullRange }: MediaColours,
  path: string,
): Pick<VideoFacts, "matrix" | "range"> {
  const own = matrix ? matrices[matrix] : undefined;
  if (matrix && !own) throw unread(path, `colours of the matrix ${matrix}`);
  return {
    ...(own && { matrix: own }),
    ...(typeof fullRange === "boolean" && { range: fullRange ? "full" : "limited" }),
  };
}

function formOf({ format }: MediaVideoSample, path: string): VideoFacts["subsampling"] {
  const form = format ? forms[format] : undefined;
  if (!form) throw unread(path, `pictures of the form ${format ?? "that nobody knows"}`);
  return form;
}

async function* framesOf(
  library: MediaLibrary,
  track: MediaTrack,
  facts: VideoFacts,
  { path, start, end }: { path: string; start: number; end: { time: number } },
): AsyncGenerator<VideoFrame, void, undefined> {
  let number = 0;
  try {
    for await (const sample of new library.VideoSampleSink(track).samples()) {
      number++;
      try {
        checkFrame(sample, facts, path, number);
        const frame = await frameOf(sample, facts);
        if (facts.clock === undefined) {
          yield frame;
          continue;
        }
        const time = Math.max(
          Math.round((sample.timestamp - start) * facts.clock),
          number === 1 ? 0 : end.time,
        );
        end.time = time + Math.max(1, Math.round(sample.duration * facts.clock));
        yield { ...frame, time };
      } finally {
        sample.close();
      }
    }
  } catch (error) {
    throw inOurWords(error, path);
  }
}

async function frameOf(sample: MediaVideoSample, facts: VideoFacts): Promise<VideoFrame> {
  const bytes = new Uint8Array(sample.allocationSize());
  const layout = await sample.copyTo(bytes);
  const { luma, colour } = planeSizes(facts);
  const plane = (at: number, [width, height]: [number, number], step = 1, first = 0) => {
    const { offset, stride } = layout[at]!;
    const out = new Uint8Array(width * height);
    for (let y = 0; y < height; y++) {
      const row = offset + y * stride + first;
      if (step === 1) out.set(bytes.subarray(row, row + width), y * width);
      else for (let x = 0; x < width; x++) out[y * width + x] = bytes[row + x * step]!;
    }
    return out;
  };
  // NV12 has both colours in one plane, sample by sample.
  if (sample.format === "NV12")
    return { planes: [plane(0, luma), plane(1, colour, 2), plane(1, colour, 2, 1)] };
  return { planes: [plane(0, luma), plane(1, colour), plane(2, colour)] };
}

function checkFrame(sample: MediaVideoSample, facts: VideoFacts, path: string, number: number): void {
  const { width, height } = sample.visibleRect;
  if (width === facts.width && height === facts.height && formOf(sample, path) === facts.subsampling) return;
  throw new NacreError("media", {
    found: `${path}: frame ${number} is ${width} x ${height} ${sample.format}`,
    expected: `${facts.width} x ${facts.height} ${facts.subsampling}, as the first`,
    mend: "bring all frames to one size first; the frames before are good",
  });
}

function checkSize({ codedWidth, codedHeight }: MediaTrack, path: string, most: number): void {
  if (codedWidth * codedHeight <= most) return;
  throw new NacreError("media", {
    found: `${path}: frames of ${codedWidth} x ${codedHeight} pixels`,
    expected: `at most ${most} pixels`,
    mend: "raise the limit if the file is to be trusted",
  });
}

function noPictures(path: string, hasSound: boolean): NacreError {
  return new NacreError("media", {
    found: hasSound ? `${path} holds sound and no pictures` : `${path} holds no track that can be read`,
    expected: "a track of pictures",
    mend: hasSound ? "code it with nacre-audio" : "it may have been cut short: get the file again",
  });
}

function unread(path: string, what: string): NacreError {
  return new NacreError("media", {
    found: `${path}: ${what}`,
    expected: "upright pictures of 8 bits in 4:2:0 or 4:4:4, BT.601 or BT.709",
    mend: "convert it first, with ffmpeg by -pix_fmt yuv420p",
  });
}

/** The library's own errors as ours: what a file did is never a fault of the program. */
function inOurWords(error: unknown, path: string): unknown {
  if (error instanceof NacreError || !(error instanceof Error)) return error;
  return new NacreError(
    "media",
    {
      found: `${path} cannot be read: ${error.message.split("\n", 1)[0]?.replace(/\.$/, "")}`,
      expected: "a whole MP4, MOV, WebM or Matroska file",
      mend: "get the file again, or convert it to .y4m",
    },
    { cause: error },
  );
}
