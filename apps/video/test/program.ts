/** The program in this process and as one of its own, and videos for it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "@nacre/cli";
import { y4mStream } from "@nacre/media/video";
import type { VideoFacts, VideoFrame } from "@nacre/signal";
import { type Ended, inProcess, startProgram } from "@nacre/testing";
import { onTestFinished } from "vitest";
import { video } from "../src/medium.js";

/** The repository. */
export const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "..");
const codecTests = join(root, "packages", "codec", "test");
/** Frozen models for tests: tiles of 128 pixels, 3 layers; sound of 24 kHz. */
export const tinyModel = join(codecTests, "tiny-picture-model");
export const tinySoundModel = join(codecTests, "tiny-model");
/** A file of a sound, as nacre-audio makes it, and a sound. */
export const soundFile = join(codecTests, "golden", "speech.nacre");
export const speech = join(root, "samples", "speech.wav");

/** Runs a command line in this process; `interrupt` is given Ctrl-C to press. */
export function call(
  argv: readonly string[],
  stdin?: Uint8Array,
  interrupt?: (press: () => void) => void,
): Promise<Ended> {
  return inProcess((io) => run(video, argv, io), stdin, interrupt);
}

/** Starts the built program; its end is awaited with `ended`. */
export function start(argv: readonly string[]): ReturnType<typeof startProgram> {
  return startProgram(join(root, "apps", "video", "bin", "nacre-video.js"), argv, { cwd: root });
}

/** A folder of its own for one test. */
export function sandbox(): (...parts: string[]) => string {
  const folder = mkdtempSync(join(tmpdir(), "nacre-video-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return (...parts) => join(folder, ...parts);
}

/** Facts of a small video whose colours are known. */
export function smallFacts(change: Partial<VideoFacts> = {}): VideoFacts {
  return {
    ...{ width: 48, height: 32, subsampling: "4:2:0", siting: "left", range: "limited" },
    rate: { numerator: 25, denominator: 1 },
    ...change,
  };
}

/** A frame of waves that go by; the same `step` gives the same frame. */
export function wave({ width, height, subsampling }: VideoFacts, step: number): VideoFrame {
  const half = (size: number) => (subsampling === "4:2:0" ? Math.ceil(size / 2) : size);
  const plane = (across: number, down: number, phase: number) =>
    Uint8Array.from(
      { length: across * down },
      (_, at) =>
        128 + 90 * Math.sin(0.2 * (at % across) + 0.1 * Math.floor(at / across) + phase + 0.4 * step),
    );
  return {
    planes: [
      plane(width, height, 0),
      plane(half(width), half(height), 1),
      plane(half(width), half(height), 2),
    ],
  };
}

/** A .y4m file of waves, a frame for each step. */
export async function y4m(steps: readonly number[], facts: VideoFacts = smallFacts()): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  const frames = (async function* () {
    for (const step of steps) yield wave(facts, step);
  })();
  for await (const part of y4mStream({ ...facts, frames })) parts.push(part);
  return Buffer.concat(parts);
}
