import { createWriteStream } from "node:fs";
import { mkdir, readdir, rename, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { finished } from "node:stream/promises";
import { isNacreError, NacreError } from "@nacre/errors";
import { readAudio, resample } from "@nacre/media";

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
  const paths = (await Promise.all(inputs.map(soundsIn))).flat();
  await mkdir(folder, { recursive: true });
  const temporary = join(folder, "audio.s16.tmp");
  const stream = createWriteStream(temporary);
  const result: PackResult = { clips: 0, seconds: 0, skipped: [] };
  const clips: object[] = [];
  let start = 0;
  for (const [index, { root, path }] of paths.entries()) {
    try {
      for (const samples of resample(await readAudio(path), sampleRate).channels) {
        if (samples.length < shortest * sampleRate) throw tooShort(samples.length / sampleRate);
        if (!stream.write(pcm16(samples))) await new Promise<void>((done) => stream.once("drain", done));
        clips.push({
          start,
          length: samples.length,
          source: basename(root),
          path: relative(root, path) || basename(path),
          speaker: relative(root, dirname(path)) || basename(root),
          licence: "the user's own",
          // Every twentieth clip is kept aside to measure on.
          split: clips.length % 20 === 19 ? "validation" : "train",
        });
        start += samples.length;
      }
    } catch (error) {
      if (!isNacreError(error)) throw error;
      result.skipped.push({ path, reason: error.message });
    }
    onFile?.(index + 1, paths.length);
  }
  stream.end();
  await finished(stream);
  if (clips.length === 0) throw nothingFound(inputs, result.skipped.length);
  await rename(temporary, join(folder, "audio.s16"));
  await writeFile(join(folder, "index.json"), JSON.stringify({ format: 1, sampleRate, clips }));
  return { ...result, clips: clips.length, seconds: start / sampleRate };
}

async function soundsIn(input: string): Promise<{ root: string; path: string }[]> {
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

function pcm16(samples: Float32Array): Uint8Array {
  const words = Int16Array.from(samples, (value) =>
    Math.max(-32768, Math.min(32767, Math.round(value * 32768))),
  );
  return new Uint8Array(words.buffer);
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
