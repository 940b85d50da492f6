import type { Source, Task, Work } from "@nacre/cli";
import { type OpenedAudio, openAudio } from "@nacre/media";
import { type AudioStream, type EncodeOptions, type Nacre, readStream } from "@nacre/nacre";
import { costFacts, formFacts, type SoundShape, speedFacts } from "./facts.js";

/** What encoding was asked for. */
export type EncodeRequest = { layers?: number; kbps?: number };

/** A sound file or pipe on its way to a .nacre file, in memory that does not grow with the sound. */
export async function encodeSound(
  nacre: Nacre,
  source: Source,
  { layers, kbps }: EncodeRequest,
  task: Task,
): Promise<Work> {
  const opened = await openAudio(source.path ?? source.bytes());
  const begun = performance.now();
  const shape = { samples: 0, sampleRate: opened.sampleRate, channels: opened.channelCount };
  const sound = counting(opened, shape);
  const total = opened.length === undefined ? undefined : opened.length / opened.sampleRate;
  const options: EncodeOptions = {
    signal: task.signal,
    onProgress: (seconds) => task.progress(`${seconds.toFixed(1)} s encoded`, seconds, total),
    ...(layers === undefined ? {} : { layers }),
  };
  let used = layers ?? nacre.model.layers;
  // A rate is known only when all is coded, so this way alone holds the whole file.
  async function* fitted(most: number) {
    const file = await nacre.encode(sound, { ...options, kbps: most });
    used = readStream(file).header.layers.length;
    yield file;
  }
  return {
    pieces: closing(kbps === undefined ? nacre.encodeStream(sound, options) : fitted(kbps), opened, task),
    facts: (bytes) => [
      ...costFacts(bytes, used, shape),
      ...speedFacts(shape, performance.now() - begun),
      ...formFacts(shape),
    ],
  };
}

// What the blocks held, for a pipe does not say beforehand.
function counting(opened: OpenedAudio, shape: SoundShape): AudioStream {
  async function* blocks() {
    for await (const block of opened.blocks) {
      shape.samples += block[0]?.length ?? 0;
      yield block;
    }
  }
  const { sampleRate, channelCount, length } = opened;
  return { sampleRate, channelCount, ...(length === undefined ? {} : { length }), blocks: blocks() };
}

// The reader's warnings are complete only when it has read all.
async function* closing(pieces: AsyncIterable<Uint8Array>, opened: OpenedAudio, task: Task) {
  try {
    yield* pieces;
  } finally {
    for (const warning of opened.warnings) task.warn(warning);
    // Not awaited: a silent pipe closes only when it speaks again, or when the program lets go of it.
    void opened.close().catch(() => undefined);
  }
}
