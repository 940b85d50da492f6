import { type Chunk, type ParsedStream, parseStream, prefixLayers, type VideoHeader } from "@nacre/bitstream";
import { NacreError } from "@nacre/errors";
import type { Picture } from "@nacre/signal";
import { layerCount } from "../file-header.js";
import { contentLayers, type FrameCodec } from "./frame-codec.js";
import type { DecodedFrame, DecodedVideo, DecodeVideoOptions } from "./video-codec.js";
import { checkVideoHeader, secondsOf, videoFactsOf } from "./video-header.js";

/** Frame times that differ by less than this, in seconds, are the same: half a microsecond. */
const tolerance = 5e-7;

/** Bytes of a file to a video; see VideoCodec.decode. */
export async function decodeVideo(
  codec: FrameCodec,
  source: AsyncIterable<Uint8Array>,
  options: DecodeVideoOptions,
): Promise<DecodedVideo> {
  const { recover = false, firstChunk, maxPixels } = options;
  const stream = await parseStream(source, {
    recover,
    ...(firstChunk !== undefined && { first: firstChunk }),
  });
  const header = checkVideoHeader(codec, stream.header, maxPixels);
  const used = layerCount(options.layers, contentLayers(header.layers));
  const keep = prefixLayers(header.layers, used);
  let isThrough = false;
  async function* pictures() {
    isThrough = yield* decodeFrames(codec, { ...stream, header }, keep, options);
  }
  return {
    ...videoFactsOf(header),
    header,
    pictures: pictures(),
    end: async () => (isThrough ? stream.end() : { length: undefined, damage: [] }),
  };
}

type Source = ParsedStream<number | undefined> & { header: VideoHeader };

/** A frame that is to be shown, and how to get it. */
type Shown = { number: number; time: number | undefined; picture: () => Promise<Picture> };

/** The frames that are asked for; returns whether the file was read to its end. */
async function* decodeFrames(
  codec: FrameCodec,
  stream: Source,
  keep: number,
  { recover = false, firstChunk, from = 0, to = Number.POSITIVE_INFINITY, onProgress }: DecodeVideoOptions,
): AsyncGenerator<DecodedFrame, boolean, undefined> {
  let given = 0;
  // Who begins in the middle of a file has lost nothing of what was passed over.
  const way = { recover, inMiddle: firstChunk !== undefined };
  for await (const { number, time, picture } of shownFrames(codec, stream, keep, way)) {
    const at = secondsOf(stream.header, number, time);
    if (at >= to - tolerance) return false;
    if (at < from - tolerance) continue;
    yield { number, picture: await picture(), ...(time !== undefined && { time }) };
    onProgress?.(++given);
  }
  return true;
}

/** All frames in order; a picture is decoded when it is asked for, and kept for those that repeat it. */
async function* shownFrames(
  codec: FrameCodec,
  { header, chunks, end }: Source,
  keep: number,
  { recover, inMiddle }: { recover: boolean; inMiddle: boolean },
): AsyncGenerator<Shown, void, undefined> {
  const clock = frameClock(header);
  let picture: () => Promise<Picture> = () => Promise.resolve(black(header));
  let isFirst = true;
  for await (const chunk of chunks) {
    const { mark } = chunk;
    if (!mark || mark.kind === "sound") continue;
    if (mark.kind === "predicted") throw notYet(mark.number);
    if (isFirst && inMiddle) clock.begin(mark.number);
    isFirst = false;
    if (mark.number !== clock.next() && !recover) throw wrongNumber(mark.number, clock.next());
    for (const lost of clock.lostUntil(mark.number, mark.times?.[0])) yield { ...lost, picture };
    if (mark.kind === "intra" && chunk.sections.length > 0)
      picture = lazily(codec, header, chunk, keep, recover);
    for (let at = 0; at < chunk.frames; at++) yield { ...clock.step(mark.times?.[at]), picture };
  }
  const { length, endTime } = await end();
  if (length === undefined) return;
  if (length !== clock.next() && !recover) throw wrongNumber(length, clock.next());
  for (const lost of clock.lostUntil(length, endTime)) yield { ...lost, picture };
}

function lazily(
  codec: FrameCodec,
  { width, height }: VideoHeader,
  { sections }: Chunk,
  keep: number,
  recover: boolean,
): () => Promise<Picture> {
  let made: Promise<Picture> | undefined;
  return () => {
    made ??= codec.decodeIntra(sections.slice(0, keep), { width, height }, { recover });
    return made;
  };
}

/** Counts frames, and gives those that were lost a number and, evenly, a time. */
function frameClock({ clock }: VideoHeader) {
  let next = 0;
  let last = -1;
  const step = (time: number | undefined) => {
    last = time ?? last + 1;
    return { number: next++, time: clock === undefined ? undefined : last };
  };
  return {
    next: () => next,
    step,
    begin(number: number) {
      next = number;
    },
    *lostUntil(number: number, time: number | undefined) {
      const count = number - next;
      const pace = Math.max(1, Math.floor(((time ?? last + count + 1) - last) / (count + 1)));
      for (let lost = 0; lost < count; lost++) yield step(last + pace);
    },
  };
}

function black({ width, height }: VideoHeader): Picture {
  const planes = [0, 1, 2].map(() => new Uint8Array(width * height));
  return { width, height, colour: "rgb", bitDepth: 8, planes };
}

function notYet(number: number): NacreError {
  return new NacreError("version", {
    found: `frame ${number + 1} is predicted from another`,
    expected: "frames that are coded on their own, or repeated: all that this release decodes",
    mend: "use a newer release",
  });
}

function wrongNumber(found: number, expected: number): NacreError {
  return new NacreError("bitstream", {
    found: `frame ${found} where ${expected} should be`,
    expected: "frames without gaps",
    mend: "get the file again, or decode with recover",
  });
}
