import { isNacreError, NacreError } from "@nacre/errors";
import { readAudio, resample } from "@nacre/media";
import { type CorpusWriter, createCorpusWriter } from "./corpus-writer.js";
import { type FoundFile, findFiles, originOf, splitAfter } from "./found-files.js";

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
  const files = await findFiles(inputs, soundFile, "sound files");
  const writer = await createCorpusWriter(folder, sampleRate);
  const result: PackResult = { clips: 0, seconds: 0, skipped: [] };
  let used = 0;
  try {
    for (const [index, file] of files.entries()) {
      // All channels of a file are in one part.
      const added = await packFile(writer, file, sampleRate, splitAfter(used));
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

// Clips that a file gave, or why it gave none.
async function packFile(
  writer: CorpusWriter,
  file: FoundFile,
  sampleRate: number,
  split: "train" | "validation",
): Promise<number | NacreError> {
  const channels = await channelsOf(file.path, sampleRate);
  if (channels instanceof NacreError) return channels;
  const { maker: speaker, ...origin } = originOf(file);
  for (const samples of channels) {
    await writer.add(samples, { ...origin, speaker, licence: "the user's own", split });
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
