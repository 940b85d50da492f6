import { isNacreError } from "@nacre/errors";
import { resample } from "@nacre/media";
import type { Audio } from "@nacre/signal";
import { type CorpusWriter, createCorpusWriter } from "@nacre/training";
import { filesIn, type SourceFile } from "./files.js";
import { copyClips, type Reuse } from "./reuse.js";
import type { Recording, Source } from "./source.js";
import { trimSilence } from "./trim.js";

/** Clips shorter than this are left out; seconds. */
const shortest = 0.8;
/** Recordings longer than this are packed in pieces; seconds. */
const longest = 20;
/** A piece that is never louder is left out. */
const quietest = 0.01;

/** Seconds that a source gave to both splits, and what was wrong with the files that gave none. */
export type PackedSource = { name: string; clips: number; seconds: number; held: number; failed: string[] };

/**
 * Packs sources, each in its folder, into one corpus, after those that are taken over from another.
 * `onFile` hears of every file.
 */
export async function packSources(
  fetched: readonly { source: Source; root: string }[],
  folder: string,
  sampleRate: number,
  onFile: (name: string, done: number, total: number) => void,
  reuse: Reuse = { folder, sources: [] },
): Promise<PackedSource[]> {
  const writer = await createCorpusWriter(folder, sampleRate);
  const results: PackedSource[] = [];
  try {
    for (const source of reuse.sources) results.push(await copyClips(writer, reuse.folder, source));
    for (const { source, root } of fetched) {
      results.push(await packSource(writer, source, root, sampleRate, onFile));
    }
  } catch (error) {
    await writer.discard();
    throw error;
  }
  await writer.finish();
  return results;
}

async function packSource(
  writer: CorpusWriter,
  source: Source,
  root: string,
  sampleRate: number,
  onFile: (name: string, done: number, total: number) => void,
): Promise<PackedSource> {
  const rule = await source.open(root);
  const files = (await filesIn(root)).flatMap((file) => {
    const recording = rule(file.path);
    return recording ? [{ file, recording }] : [];
  });
  const result: PackedSource = { name: source.name, clips: 0, seconds: 0, held: 0, failed: [] };
  for (const [index, { file, recording }] of files.entries()) {
    const pieces = await readPieces(file, sampleRate).catch((error: unknown) => {
      if (!isNacreError(error)) throw error;
      result.failed.push(`${file.path}: ${error.message}`);
      return [];
    });
    await addPieces(writer, source, file.path, recording, pieces);
    const seconds = pieces.reduce((sum, { length }) => sum + length, 0) / sampleRate;
    result.clips += pieces.length;
    result.seconds += seconds;
    if (source.held(recording.speaker)) result.held += seconds;
    onFile(source.name, index + 1, files.length);
  }
  return result;
}

async function addPieces(
  writer: CorpusWriter,
  { name, kind, held }: Source,
  path: string,
  { speaker, licence }: Recording,
  pieces: readonly Float32Array[],
): Promise<void> {
  const split = held(speaker) ? "validation" : "train";
  for (const piece of pieces) await writer.add(piece, { source: name, kind, path, speaker, licence, split });
}

async function readPieces(file: SourceFile, sampleRate: number): Promise<Float32Array[]> {
  const { channels } = resample(mixedDown(await file.read()), sampleRate);
  const samples = trimSilence(channels[0]!, sampleRate);
  const pieces = equalPieces(samples, longest * sampleRate);
  return pieces.filter((piece) => piece.length >= shortest * sampleRate && peakOf(piece) >= quietest);
}

/** The mean of all channels as one. */
export function mixedDown({ sampleRate, channels }: Audio): Audio {
  if (channels.length === 1) return { sampleRate, channels };
  const mean = new Float32Array(channels[0]?.length ?? 0);
  for (const samples of channels) {
    for (let i = 0; i < mean.length; i++) mean[i]! += samples[i]! / channels.length;
  }
  return { sampleRate, channels: [mean] };
}

/** The fewest pieces of at most `most` samples, all as long to within one; views of samples. */
export function equalPieces(samples: Float32Array, most: number): Float32Array[] {
  const count = Math.ceil(samples.length / most);
  const edge = (i: number) => Math.round((i * samples.length) / count);
  return Array.from({ length: count }, (_, i) => samples.subarray(edge(i), edge(i + 1)));
}

function peakOf(samples: Float32Array): number {
  let most = 0;
  for (let i = 0; i < samples.length; i++) most = Math.max(most, Math.abs(samples[i]!));
  return most;
}
