import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { isNacreError } from "@nacre/errors";
import { readAudio, resample } from "@nacre/media";
import { type CorpusWriter, createCorpusWriter } from "@nacre/training";
import type { Recording, Source } from "./source.js";
import { trimSilence } from "./trim.js";

/** Clips shorter than this are left out; seconds. */
const shortest = 0.8;

/** Seconds that a source gave, and what was wrong with the files that gave none. */
export type PackedSource = { name: string; clips: number; seconds: number; failed: string[] };

/** Packs sources, each in its folder, into one corpus. `onFile` hears of every file. */
export async function packSources(
  fetched: readonly { source: Source; root: string }[],
  folder: string,
  sampleRate: number,
  onFile: (name: string, done: number, total: number) => void,
): Promise<PackedSource[]> {
  const writer = await createCorpusWriter(folder, sampleRate);
  const results: PackedSource[] = [];
  for (const { source, root } of fetched) {
    const rule = await source.open(root);
    const files = (await readdir(root, { recursive: true })).sort().flatMap((path) => {
      const recording = rule(path);
      return recording ? [{ path, recording }] : [];
    });
    const result: PackedSource = { name: source.name, clips: 0, seconds: 0, failed: [] };
    for (const [index, { path, recording }] of files.entries()) {
      const seconds = await packFile(writer, source, root, path, recording, sampleRate).catch((error) => {
        if (!isNacreError(error)) throw error;
        result.failed.push(`${path}: ${error.message}`);
        return 0;
      });
      if (seconds > 0) result.clips++;
      result.seconds += seconds;
      onFile(source.name, index + 1, files.length);
    }
    results.push(result);
  }
  await writer.finish();
  return results;
}

async function packFile(
  writer: CorpusWriter,
  source: Source,
  root: string,
  path: string,
  { speaker, licence }: Recording,
  sampleRate: number,
): Promise<number> {
  const { channels } = resample(await readAudio(join(root, path)), sampleRate);
  const samples = trimSilence(channels[0]!, sampleRate);
  const peak = samples.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (samples.length < shortest * sampleRate || peak < 0.01) return 0;
  const split = source.held(speaker) ? "validation" : "train";
  await writer.add(samples, { source: source.name, path, speaker, licence, split });
  return samples.length / sampleRate;
}
