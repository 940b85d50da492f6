import { parseStream } from "@nacre/bitstream";
import { counted, type Fact, label, once, type Source, type Task, type Work } from "@nacre/cli";
import { type OpenedAudio, openAudio } from "@nacre/media";
import { type OpenedVideoFile, openVideo } from "@nacre/media/video";
import type { VideoNacre } from "@nacre/nacre";
import { coloured } from "./coloured.js";
import { costFacts, layersFact, progressLabel, type Shape, shapeFacts, speedFact } from "./facts.js";
import { keptFrames, keptSound } from "./kept.js";
import type { EncodeRequest } from "./options.js";

/** A video file, folder or pipe on its way to a .nacre file, in memory of some frames. */
export async function encodeVideo(
  videos: VideoNacre,
  source: Source,
  request: EncodeRequest,
  task: Task,
): Promise<Work> {
  const name = label(source);
  const { rate, maxPixels, sound: withSound = true } = request;
  const opened = await openVideo(source.path ?? source.bytes(), {
    ...(rate && { rate }),
    ...(maxPixels !== undefined && { maxFramePixels: maxPixels }),
  });
  for (const warning of opened.warnings) task.warn(warning);
  const kept = keptFrames(opened);
  const video = { ...coloured(opened, request, name, task), frames: kept.frames };
  const own = await soundOf(request).catch(async (error: unknown) => {
    await opened.close();
    throw error;
  });
  const heard = own ?? (withSound ? opened.sound : undefined);
  const sound = heard && (await keptSound(heard, name, task));
  const begun = performance.now();
  const told = { layers: 0, coded: 0 };
  async function* pieces() {
    try {
      const file = videos.encodeStream(video, {
        ...ratesOf(request),
        ...(opened.count !== undefined && { length: opened.count }),
        ...(sound && { sound }),
        signal: task.signal,
        onProgress: (frames, coded) => {
          told.coded = coded;
          task.progress(progressLabel(frames, opened.count, begun), frames, opened.count);
        },
      });
      let isStart = true;
      for await (const piece of file) {
        if (isStart) told.layers = await contentLayersIn(piece);
        isStart = false;
        yield piece;
      }
    } finally {
      // Not awaited: a silent pipe closes only when it speaks again, or when the program lets go of it.
      for (const each of [opened, own]) void each?.close().catch(() => undefined);
    }
  }
  const shape = () => shapeOf(video, kept.count(), told.coded);
  return {
    pieces: pieces(),
    facts: (bytes) => [
      ...costFacts(bytes, shape()),
      ...shapeFacts(shape()),
      layersFact(told.layers),
      ...(sound ? [soundFact({ ...sound, channels: sound.channelCount })] : []),
      speedFact(kept.count(), begun),
    ],
    failure: kept.failure,
  };
}

async function soundOf({ soundtrack }: EncodeRequest): Promise<OpenedAudio | undefined> {
  return soundtrack === undefined ? undefined : openAudio(soundtrack);
}

function ratesOf({ layers, quality, psnr, bpp, kbps, soundModel, soundLayers }: EncodeRequest) {
  const given = Object.entries({ layers, quality, psnr, bpp, kbps, soundModel, soundLayers });
  return Object.fromEntries(given.filter(([, value]) => value !== undefined));
}

function shapeOf(
  { width, height, rate, clock, endTime }: OpenedVideoFile,
  frames: number,
  coded: number,
): Shape {
  const { numerator, denominator } = rate ?? { numerator: 25, denominator: 1 };
  const seconds = clock === undefined ? (frames * denominator) / numerator : (endTime?.() ?? 0) / clock;
  return { width, height, frames, seconds, coded };
}

/** What is told of a soundtrack. */
export function soundFact({ sampleRate, channels }: { sampleRate: number; channels: number }): Fact {
  const text = `sound of ${sampleRate} Hz, ${counted(channels, "channel")}`;
  return { name: "sound", value: { sampleRate, channels }, text };
}

// A file begins with its header, whole.
async function contentLayersIn(start: Uint8Array): Promise<number> {
  const { header } = await parseStream(once(start), { recover: true });
  return header.layers.filter(({ role }) => role === "content").length;
}
