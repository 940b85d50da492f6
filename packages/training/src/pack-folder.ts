import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { isNacreError, NacreError } from "@nacre/errors";
import { readAudio, resample } from "@nacre/media";
import { type CorpusWriter, createCorpusWriter } from "./corpus-writer.js";

const soundFile = /\.(wav|wave|flac|ogg|oga)$/i;
/** Clips shorter than this teach nothing; seconds. */
const shortest = 0.3;

/** What packing found. */
export type PackResult = { clips: number; seconds: number; skipped: { path: string; reason: string }[] };

/**
 * Packs a user's sound files into a corpus folder: every channel a clip, at the model's rate.
 * A file that cannot be read is skipped and named.
 *
 * inputs  sound files, or folders that are searched for them
 * throws  NacreError "media" when nothing is left to train on
 */
export async function packFolder(
  inputs: readonly string[],
  folder: string,
  sampleRate: number,
  onFile?: (done: number, total: number) => void,
): Promise<PackResult> {
  const files = (await Promise.all(inputs.map(soundsIn))).flat();
  const writer = await createCorpusWriter(folder, sampleRate);
  const result: PackResult = { clips: 0, seconds: 0, skipped: [] };
  let used = 0;
  try {
    for (const [index, file] of files.entries()) {
      // Every twentieth file is kept aside to measure on, all its channels.
      const added = await packFile(writer, file, sampleRate, used % 20 === 19 ? "validation" : "train");
      if (typeof added === "number") {
        used++;
        result.clips += added;
      } else result.skipped.push({ path: file.path, reason: added.message });
      onFile?.(index + 1, files.length);
    }
    if (result.clips === 0) throw nothingFound(inputs, result.skipped.length);
  } catch (error) {
    await writer.discard();
    throw error;
  }
  await writer.finish();
  return { ...result, seconds: writer.length / sampleRate };
}

type SoundFile = { root: string; path: string };

// Clips that a file gave, or why it gave none.
async function packFile(
  writer: CorpusWriter,
  { root, path }: SoundFile,
  sampleRate: number,
  split: "train" | "validation",
): Promise<number | NacreError> {
  const channels = await channelsOf(path, sampleRate);
  if (channels instanceof NacreError) return channels;
  for (const samples of channels) {
    await writer.add(samples, {
      source: basename(root),
      path: relative(root, path) || basename(path),
      speaker: relative(root, dirname(path)) || basename(root),
      licence: "the user's own",
      split,
    });
  }
  return channels.length;
}

async function channelsOf(path: string, sampleRate: number): Promise<Float32Array[] | NacreError> {
  try {
    const { channels } = resample(await readAudio(path), sampleRate);
    const [first] = channels;
    const long = first !== undefined && first.length >= shortest * sampleRate;
    return long ? channels : tooShort((first?.length ?? 0) / sampleRate);
  } catch (error) {
    if (isNacreError(error)) return error as NacreError;
    throw error;
  }
}

async function soundsIn(input: string): Promise<SoundFile[]> {
  const found = await stat(input).catch((cause: unknown) => {
    throw new NacreError(
      "io",
      { found: `${input} cannot be read`, expected: "a folder of sound files" },
      { cause },
    );
  });
  if (!found.isDirectory()) return [{ root: dirname(input), path: input }];
  const names = await readdir(input, { recursive: true });
  return names
    .filter((name) => soundFile.test(name))
    .sort()
    .map((name) => ({ root: input, path: join(input, name) }));
}

function tooShort(seconds: number): NacreError {
  return new NacreError("media", {
    found: `${seconds.toFixed(2)} s of sound`,
    expected: `at least ${shortest} s`,
  });
}

function nothingFound(inputs: readonly string[], skipped: number): NacreError {
  return new NacreError("media", {
    found: `no sound to train on in ${inputs.join(", ")}${skipped > 0 ? ` (${skipped} files could not be used)` : ""}`,
    expected: "WAV, FLAC or Ogg files",
    mend: "name a folder with recordings",
  });
}
