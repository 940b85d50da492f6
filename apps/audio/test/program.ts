/** The built program as a process, and sounds for it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BitDepth, wavBytes } from "@nacre/media";
import { type Ended, startProgram } from "@nacre/testing";
import { onTestFinished } from "vitest";

/** The repository. */
export const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "..");
/** A frozen model for tests: 24 kHz, 4 layers of 32 entries. */
export const tinyModel = join(root, "packages", "codec", "test", "tiny-model");
export const speech = join(root, "samples", "speech.wav");

/** Starts the program; its end is awaited with `ended`. */
export function start(
  argv: readonly string[],
  env: Record<string, string> = {},
): ReturnType<typeof startProgram> {
  return startProgram(join(root, "apps", "audio", "bin", "nacre-audio.js"), argv, { cwd: root, env });
}

/** Runs the program to its end. */
export function nacre(argv: readonly string[], stdin: Uint8Array = new Uint8Array(0)): Promise<Ended> {
  const child = start(argv);
  child.stdin?.end(stdin);
  return child.ended;
}

/** A folder of its own for one test. */
export function sandbox(): (...parts: string[]) => string {
  const folder = mkdtempSync(join(tmpdir(), "nacre-audio-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return (...parts) => join(folder, ...parts);
}

/** Tones, one for each channel, as the bytes of a WAV file. */
export function tones({
  seconds = 1.2,
  sampleRate = 44_100,
  channels = 2,
  bitDepth = 16,
}: {
  seconds?: number;
  sampleRate?: number;
  channels?: number;
  bitDepth?: BitDepth;
} = {}): Uint8Array {
  const length = Math.round(seconds * sampleRate);
  const tone = (channel: number) =>
    Float32Array.from(
      { length },
      (_, n) => 0.4 * Math.sin((2 * Math.PI * 220 * (channel + 1) * n) / sampleRate),
    );
  return wavBytes(
    { sampleRate, channels: Array.from({ length: channels }, (_, c) => tone(c)) },
    { bitDepth },
  );
}

/** Waits until something is so. */
export async function until(holds: () => boolean, milliseconds = 15_000): Promise<void> {
  const end = Date.now() + milliseconds;
  while (!holds()) {
    if (Date.now() > end) throw new Error("waited in vain");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
