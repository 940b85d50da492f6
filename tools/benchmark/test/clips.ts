import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Audio, readAudio, writeAudio } from "@nacre/nacre";

/** A moment of one of the sounds in samples/, seconds. */
export async function cut(name: "speech" | "music", from: number, to: number): Promise<Audio> {
  const path = fileURLToPath(new URL(`../../../samples/${name}.wav`, import.meta.url));
  const { sampleRate, channels } = await readAudio(path);
  const [first, last] = [from, to].map((seconds) => Math.round(seconds * sampleRate));
  return { sampleRate, channels: channels.map((samples) => samples.slice(first, last)) };
}

/** Writes sounds into a folder of their own, to be removed after. */
export async function folderOf(sounds: Readonly<Record<string, Audio>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "nacre-clips-"));
  for (const [name, sound] of Object.entries(sounds)) await writeAudio(join(folder, name), sound);
  return folder;
}
