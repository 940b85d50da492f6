import { isNumbered, once, readNacre, type Source, type Task, type Work } from "@nacre/cli";
import { NacreError } from "@nacre/errors";
import type { DecodedVideo, VideoNacre } from "@nacre/nacre";
import { resultOf } from "./decode-result.js";
import { bytesFact, layersFact, progressLabel, shapeFacts, speedFact } from "./facts.js";
import type { DecodeRequest } from "./options.js";
import { soughtBytes } from "./seek.js";

const filmEndings: readonly string[] = [".y4m", ".mp4", ".wav"];

/** A .nacre file or pipe on its way to a video file or to numbered pictures, in memory of some frames. */
export async function decodeVideo(
  videos: VideoNacre,
  given: Source,
  request: DecodeRequest,
  task: Task,
): Promise<Work> {
  const begun = performance.now();
  checkResult(request);
  // Pictures and sound are taken at once, each from the file's beginning.
  const source = request.ending === ".mp4" || request.ending === ".wav" ? await rereadable(given) : given;
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
  if (filmEndings.includes(ending)) return;
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
