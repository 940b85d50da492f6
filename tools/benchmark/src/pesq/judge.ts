import { spawnSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { NacreError } from "@nacre/errors";
import { resample } from "@nacre/media";
import { type Audio, writeAudio } from "@nacre/nacre";

const script = fileURLToPath(new URL("../../peers/pesq.py", import.meta.url));

/** Hertz that PESQ's wide band is defined at. */
export const pesqRate = 16_000;

export type PesqVersions = { python: string; pesq: string; numpy: string };

/** The versions of an interpreter's pesq; a sentence where there is no such interpreter or package. */
export function pesqVersions(python: string): PesqVersions | string {
  const { error, status, stdout, stderr } = spawnSync(python, [script, "versions"], { encoding: "utf8" });
  if (error) return `not measured: Python could not be started as "${python}" (${error.message})`;
  if (status === 0) return JSON.parse(stdout) as PesqVersions;
  return `not measured: "${python}" has no pesq (${stderr.trim().split("\n").at(-1)})`;
}

/** A pair of WAV files for the judge. */
export type PesqPair = { reference: string; degraded: string };

/**
 * Writes a sound's first channel at 16 kHz and 16 bits, as the judge reads it.
 *
 * returns  the file's path
 */
export async function writeForPesq(folder: string, name: string, sound: Audio): Promise<string> {
  const path = join(folder, `${name}.wav`);
  const mono = { ...sound, channels: sound.channels.slice(0, 1) };
  await writeAudio(path, resample(mono, pesqRate));
  return path;
}

/**
 * PESQ of every pair, NaN where no speech is found; the list is written into the folder.
 *
 * throws NacreError "runtime" when the judge fails
 */
export async function pesqScores(
  python: string,
  folder: string,
  pairs: readonly PesqPair[],
): Promise<number[]> {
  const list = join(folder, "pairs.json");
  await writeFile(list, JSON.stringify(pairs.map(({ reference, degraded }) => [reference, degraded])));
  const { status, stdout, stderr } = spawnSync(python, [script, "score", list], {
    encoding: "utf8",
    maxBuffer: 2 ** 26,
  });
  if (status === 0) return (JSON.parse(stdout) as (number | null)[]).map((score) => score ?? Number.NaN);
  throw new NacreError("runtime", {
    found: `pesq.py ended with ${stderr.trim().split("\n").at(-1)}`,
    expected: `${pairs.length} scores`,
  });
}
