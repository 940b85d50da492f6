import { resample } from "@nacre/media";
import { readAudio } from "@nacre/nacre";
import type { Corpus } from "@nacre/training";

/** A corpus of one sound file in memory: enough to time and compare steps. */
export async function soundCorpus(path: string, sampleRate: number): Promise<Corpus> {
  const samples = resample(await readAudio(path), sampleRate).channels[0]!;
  return {
    sampleRate,
    train: [{ start: 0, length: samples.length }],
    validation: [],
    sources: [],
    read(clip, offset, into) {
      const part = samples.subarray(
        clip.start + offset,
        clip.start + Math.min(clip.length, offset + into.length),
      );
      into.set(part);
      into.fill(0, part.length);
    },
    close: () => {},
  };
}
