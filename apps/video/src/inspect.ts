import { type Inspection, label, once, type Source, sniff, type Task, table } from "@nacre/cli";
import { secondsOf, videoHeader } from "@nacre/codec";
import { NacreError } from "@nacre/errors";
import { openVideo } from "@nacre/media/video";
import { psnrRgb, psnrYuv } from "@nacre/metrics";
import {
  layerBytes,
  type Picture,
  picturesOf,
  readStream,
  type VideoHeader,
  type VideoNacre,
} from "@nacre/nacre";
import { wholeFile } from "./codes.js";
import { coloured } from "./coloured.js";

/** What inspection was asked for. */
export type InspectRequest = { original?: Source; page?: object };

/** Means over all frames, dB. */
type Quality = { psnrRgb: number; psnrYuv: number };

/** What each layer of a video or a .nacre file costs and gives, and where its bits are in time, as JSON and table. */
export async function inspectVideo(
  videos: VideoNacre,
  source: Source,
  { original: measured, page }: InspectRequest,
  task: Task,
): Promise<Inspection> {
  if (page) throw noPage();
  const { file: given, signal } = await sniff(source);
  if (signal && measured) throw originalOfVideo();
  if (signal && signal.path === undefined) throw pipedVideo();
  const file = given ?? (await wholeFile(videos, signal!, task));
  const header = videoHeader(readStream(file).header);
  const original = signal ?? measured;
  const count = header.layers.filter(({ role }) => role === "content").length;
  const qualities: Quality[] = [];
  for (let layers = 1; original && layers <= count; layers++) {
    qualities.push(await qualityOf(videos, file, original, layers, task));
    task.progress(`${layers} of ${count} layers`, layers, count);
  }
  const report = reportOf(file, header, qualities);
  return { report, table: tableOf(report) };
}

type Report = ReturnType<typeof reportOf>;

function reportOf(file: Uint8Array, header: VideoHeader, qualities: readonly Quality[]) {
  const { chunks, length, endTime } = readStream(file);
  const seconds = secondsOf(header, length, endTime);
  const { layers: bytes, sound, container } = layerBytes(file);
  const rate = (size: number) => (seconds > 0 ? (8 * size) / seconds / 1000 : 0);
  let prefix = 0;
  const layers = header.layers.map(({ role, alphabet, stride }, index) => {
    if (role === "content") prefix++;
    const quality = role === "content" ? (qualities[prefix - 1] ?? null) : null;
    return {
      ...{ index, role, prefix: role === "content" ? prefix : null, alphabet, stride, bytes: bytes[index]! },
      ...{ kbps: rate(bytes[index]!), share: bytes[index]! / file.length, quality },
    };
  });
  return {
    schema: "nacre.video-report/1",
    model: header.model,
    medium: "video",
    ...{ width: header.width, height: header.height, frames: length, seconds },
    totals: { bytes: file.length, kbps: rate(file.length), sound, container },
    layers,
    kinds: kindsOf(chunks),
    perSecond: perSecondOf(header, chunks, seconds),
  };
}

type Chunks = ReturnType<typeof readStream>["chunks"];

/** Frames and bytes of sections of every kind of chunk. */
function kindsOf(chunks: Chunks) {
  const kinds = ["intra", "predicted", "repeat", "sound"] as const;
  return kinds.map((kind) => {
    const own = chunks.filter(({ mark }) => mark?.kind === kind);
    const frames = own.reduce((sum, each) => sum + each.frames, 0);
    return { kind, chunks: own.length, frames, bytes: own.reduce((sum, each) => sum + sizeOf(each), 0) };
  });
}

/** Bytes of the frames that are shown in each second. */
function perSecondOf(header: VideoHeader, chunks: Chunks, seconds: number): number[] {
  const bytes = new Array<number>(Math.min(1e6, Math.max(1, Math.ceil(seconds)))).fill(0);
  for (const chunk of chunks) {
    const { mark } = chunk;
    if (!mark || mark.kind === "sound") continue;
    const at = Math.min(bytes.length - 1, Math.floor(secondsOf(header, mark.number, mark.times?.[0])));
    bytes[at]! += sizeOf(chunk);
  }
  return bytes;
}

function sizeOf({ sections }: Chunks[number]): number {
  return sections.flat().reduce((sum, { length }) => sum + length, 0);
}

/** Frame by frame beside the original, so that memory holds two frames. */
async function qualityOf(
  videos: VideoNacre,
  file: Uint8Array,
  original: Source,
  layers: number,
  task: Task,
): Promise<Quality> {
  const opened = await openVideo(original.path ?? original.bytes());
  const decoded = await videos.decodeStream(once(file), { layers });
  const { matrix, range } = decoded;
  const video = coloured(opened, { matrix, range }, label(original), { warn: () => undefined });
  const frames = picturesOf(video).pictures[Symbol.asyncIterator]();
  const sums = { psnrRgb: 0, psnrYuv: 0 };
  let count = 0;
  try {
    for await (const { picture } of decoded.pictures) {
      const { done, value } = await frames.next();
      if (done) throw tooShort(label(original), count);
      const [a, b] = [measurable(value.picture), measurable(picture)];
      sums.psnrRgb += Math.min(100, psnrRgb(a, b));
      sums.psnrYuv += Math.min(100, psnrYuv(a, b, { matrix, average: "decibels" }));
      count++;
      if (task.signal.aborted) throw new NacreError("cancelled", `stopped at frame ${count}`);
    }
  } finally {
    await frames.return?.(undefined);
    await opened.close();
  }
  return { psnrRgb: sums.psnrRgb / count, psnrYuv: sums.psnrYuv / count };
}

function measurable({ width, height, planes }: Picture) {
  return { width, height, planes, peak: 255 };
}

function tableOf({ layers, totals, kinds, frames, seconds }: Report): string {
  const head = ["layer", "bytes", "kbit/s", "share", "PSNR RGB", "PSNR YUV 6:1:1"];
  const rows = layers.map(({ role, prefix, bytes, kbps, share, quality }) => [
    role === "content" ? `${prefix}` : "side",
    ...[`${bytes}`, kbps.toFixed(1), `${(100 * share).toFixed(1)} %`],
    ...[quality?.psnrRgb.toFixed(2) ?? "-", quality?.psnrYuv.toFixed(2) ?? "-"],
  ]);
  const seen = kinds.filter(({ chunks }) => chunks > 0);
  return [
    table([head, ...rows], [1, 2, 3, 4, 5]),
    "",
    ...seen.map(({ kind, frames: own, bytes }) => `${kind}: ${own} frames, ${bytes} bytes`),
    `all: ${frames} frames, ${seconds.toFixed(2)} s, ${totals.bytes} bytes, ${totals.kbps.toFixed(1)} kbit/s`,
  ].join("\n");
}

function noPage(): NacreError {
  return new NacreError("option", {
    found: "a page of a video",
    expected: "a table or --json, which is all there is of videos so far",
    mend: "leave --page away",
  });
}

function originalOfVideo(): NacreError {
  return new NacreError("usage", {
    found: "--original beside an input that is a video itself",
    mend: "leave --original away, or name a .nacre file to inspect",
  });
}

function pipedVideo(): NacreError {
  return new NacreError("usage", {
    found: "a video from a pipe, which has to be read more than once",
    mend: "name a file",
  });
}

function tooShort(name: string, frames: number): NacreError {
  return new NacreError("media", {
    found: `${name} has ${frames} frames`,
    expected: "as many as the .nacre file",
    mend: "name the video that the file was made from",
  });
}
