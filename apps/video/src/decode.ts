import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import type { SeekableBytes } from "@nacre/bitstream";
import { isNumbered, once, readNacre, type Source, type Task, type Work } from "@nacre/cli";
import { NacreError } from "@nacre/errors";
import { pictureBytes, pictureFormatOf } from "@nacre/media/pictures";
import { mp4File, y4mStream } from "@nacre/media/video";
import { type DecodedVideo, framesOf, openVideoSound, readVideoIndex, type VideoNacre } from "@nacre/nacre";
import { bytesFact, layersFact, progressLabel, shapeFacts, speedFact } from "./facts.js";
import type { DecodeRequest } from "./options.js";

/** A .nacre file or pipe on its way to a video file or to numbered pictures, in memory of some frames. */
export async function decodeVideo(
  videos: VideoNacre,
  given: Source,
  request: DecodeRequest,
  task: Task,
): Promise<Work> {
  const begun = performance.now();
  checkResult(request);
  // An MP4 takes pictures and sound at once, each from the file's beginning.
  const source = request.ending === ".mp4" ? await rereadable(given) : given;
  const { bytes, firstChunk, all } = await soughtBytes(source, request);
  let frames = 0;
  const decoded = await videos.decodeStream(bytes, {
    ...askedOf(request),
    ...(firstChunk !== undefined && { firstChunk }),
    signal: task.signal,
    onProgress: (done) => {
      frames = done;
      task.progress(progressLabel(done, all, begun), done, all);
    },
  });
  const { header } = decoded;
  const layers = header.layers.filter(({ role }) => role === "content").length;
  const ends = { seconds: 0 };
  const result = await resultOf(shownFrom(decoded, request, ends), source, request, task);
  return {
    pieces: tellingDamage(result.pieces, decoded, task),
    ...(result.start && { start: async () => result.start?.() }),
    facts: (size) => [
      bytesFact(size),
      ...shapeFacts({ ...header, frames, seconds: ends.seconds }),
      layersFact(Math.min(layers, request.layers ?? layers)),
      speedFact(frames, begun),
    ],
  };
}

type Result = { pieces: AsyncIterable<Uint8Array>; start?: () => Uint8Array | undefined };

async function resultOf(
  decoded: DecodedVideo,
  source: Source,
  request: DecodeRequest,
  task: Task,
): Promise<Result> {
  const { ending, quality, from, to, recover, sound: withSound = true } = request;
  const { sound, clock } = decoded.header;
  if (ending === ".y4m") {
    if (sound && withSound) task.warn("a .y4m file has no sound: the soundtrack is left out");
    if (clock !== undefined)
      task.warn("a .y4m file has no times: frames that were not shown equally long will be");
    return { pieces: y4mStream(framesOf(decoded)) };
  }
  if (ending !== ".mp4") return { pieces: pictureFiles(decoded, ending, quality) };
  const asked = {
    ...(recover !== undefined && { recover }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    signal: task.signal,
  };
  const heard = withSound ? await openVideoSound(decoded.header, source.bytes(), asked) : undefined;
  const isPipe = request.out === "-" || (request.out === undefined && source.path === undefined);
  const { parts, start } = await mp4File(framesOf(decoded, "4:2:0"), heard, { isPipe });
  return { pieces: closing(parts, heard), start };
}

async function* closing(parts: AsyncIterable<Uint8Array>, heard: { close(): Promise<void> } | undefined) {
  try {
    yield* parts;
  } finally {
    await heard?.close();
  }
}

async function* pictureFiles(decoded: DecodedVideo, ending: string, quality: number | undefined) {
  const settings = { format: pictureFormatOf(`frame${ending}`), ...(quality !== undefined && { quality }) };
  for await (const { picture } of decoded.pictures) yield (await pictureBytes(picture, settings)).bytes;
}

function askedOf({ layers, recover, from, to, maxPixels }: DecodeRequest) {
  const given = Object.entries({ layers, recover, from, to, maxPixels });
  return Object.fromEntries(given.filter(([, value]) => value !== undefined));
}

/** The video with its times counted from the first frame that is given, and how long it is shown in `ends`. */
function shownFrom(
  decoded: DecodedVideo,
  { to }: DecodeRequest,
  ends: { seconds: number },
): DecodedVideo & { endTime: () => number } {
  const { clock, rate } = decoded.header;
  const pace = rate ? rate.denominator / rate.numerator : 1 / 25;
  let first: number | undefined;
  let end = 0;
  async function* pictures() {
    for await (const frame of decoded.pictures) {
      const { time } = frame;
      if (clock === undefined || time === undefined) {
        ends.seconds += pace;
        yield frame;
        continue;
      }
      first ??= time;
      end = time - first + Math.max(1, Math.round(clock * pace));
      ends.seconds = end / clock;
      yield { ...frame, time: time - first };
    }
    if (clock === undefined || first === undefined || to !== undefined) return;
    const { endTime } = await decoded.end();
    if (endTime !== undefined && endTime - first > end - clock * pace) end = endTime - first;
    ends.seconds = end / clock;
  }
  return { ...decoded, pictures: pictures(), endTime: () => end };
}

/** Bytes to read: from the key frame before `from` where an index tells where it lies. `all`: frames to come, if known. */
async function soughtBytes(source: Source, { from, to }: DecodeRequest) {
  const whole = { bytes: source.bytes(), firstChunk: undefined };
  if (source.path === undefined) return { ...whole, all: undefined };
  const index = await indexOf(source.path);
  if (!index) return { ...whole, all: undefined };
  const { header, chunks, length, start } = index;
  const { clock, rate } = header;
  const pace = rate ? rate.denominator / rate.numerator : 1 / 25;
  const shown = (number: number, time = 0) => (clock === undefined ? number * pace : time / clock);
  const isPart = from !== undefined || to !== undefined;
  const wanted = chunks.filter(({ kind, number, frames, time }) => {
    const at = shown(number, time);
    const last = clock === undefined ? shown(number + frames - 1) : at;
    return kind !== "sound" && last >= (from ?? 0) - 1e-6 && at < (to ?? Number.POSITIVE_INFINITY);
  });
  const all = isPart ? undefined : length;
  if (from === undefined || from <= 0) return { ...whole, all };
  const target = wanted[0]?.number ?? Number.POSITIVE_INFINITY;
  const key = chunks.findLastIndex(({ kind, number }) => kind === "intra" && number <= target);
  if (key <= 0) return { ...whole, all };
  const path = source.path;
  async function* bytes() {
    yield start;
    yield* createReadStream(path, { start: chunks[key]!.at, highWaterMark: 256 * 1024 });
  }
  return { bytes: bytes(), firstChunk: key, all };
}

async function indexOf(path: string) {
  const handle = await open(path);
  try {
    const { size } = await handle.stat();
    const file: SeekableBytes = {
      size,
      async read(at, length) {
        const buffer = new Uint8Array(Math.min(length, Math.max(0, size - at)));
        const { bytesRead } = await handle.read(buffer, 0, buffer.length, at);
        return buffer.subarray(0, bytesRead);
      },
    };
    return await readVideoIndex(file);
  } finally {
    await handle.close();
  }
}

/** A source that can be read more than once: a pipe is held in memory. */
async function rereadable(source: Source): Promise<Source> {
  if (source.path !== undefined) return source;
  const file = await readNacre(source);
  return { ...source, bytes: () => once(file) };
}

function checkResult({ ending, out, outDir, from, to }: DecodeRequest): void {
  if (from !== undefined && to !== undefined && to <= from)
    throw new NacreError("usage", {
      found: `--to ${to} s and --from ${from} s`,
      expected: "an end after the beginning",
    });
  if (ending === ".y4m" || ending === ".mp4") return;
  if (outDir === undefined && out !== undefined && isNumbered(out)) return;
  throw new NacreError("usage", {
    found: `pictures of every frame in ${out ?? "one file"}`,
    expected: `a name with a number in it, such as -o frames/%05d${ending}`,
  });
}

// What recovery went over is known when all frames are through.
async function* tellingDamage(pieces: AsyncIterable<Uint8Array>, decoded: DecodedVideo, task: Task) {
  yield* pieces;
  const { damage } = await decoded.end();
  for (const { what, chunk } of damage)
    task.warn(chunk === undefined ? `damage: ${what}` : `damage in chunk ${chunk + 1}: ${what}`);
}
