/** The program in this process and as one of its own, and pictures for it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "@nacre/cli";
import { pictureBytes } from "@nacre/media/pictures";
import type { Picture } from "@nacre/nacre";
import { type Ended, inProcess, startProgram } from "@nacre/testing";
import { onTestFinished } from "vitest";
import { picture } from "../src/medium.js";

/** The repository. */
export const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "..");
const codecTests = join(root, "packages", "codec", "test");
/** A frozen model for tests: tiles of 128 pixels, 3 layers. */
export const tinyModel = join(codecTests, "tiny-picture-model");
/** A file of a sound, as nacre-audio makes it. */
export const soundFile = join(codecTests, "golden", "speech.nacre");
export const speech = join(root, "samples", "speech.wav");

/** Runs a command line in this process; `interrupt` is given Ctrl-C to press. */
export function call(
  argv: readonly string[],
  stdin?: Uint8Array,
  interrupt?: (press: () => void) => void,
): Promise<Ended> {
  return inProcess((io) => run(picture, argv, io), stdin, interrupt);
}

/** Starts the built program; its end is awaited with `ended`. */
export function start(argv: readonly string[]): ReturnType<typeof startProgram> {
  return startProgram(join(root, "apps", "image", "bin", "nacre-image.js"), argv, { cwd: root });
}

/** A folder of its own for one test. */
export function sandbox(): (...parts: string[]) => string {
  const folder = mkdtempSync(join(tmpdir(), "nacre-image-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return (...parts) => join(folder, ...parts);
}

/** Waves and an edge, with what else is asked for. */
export function waves(width: number, height: number, more: Partial<Picture> = {}): Picture {
  const { bitDepth = 8, colour = "rgb" } = more;
  const full = 2 ** bitDepth - 1;
  const plane = (phase: number) => {
    const samples = bitDepth === 8 ? new Uint8Array(width * height) : new Uint16Array(width * height);
    return samples.map((_, at) => {
      const [x, y] = [at % width, Math.floor(at / width)];
      const edge = x + y > (width + height) / 2 ? 0.3 : 0;
      return Math.round(full * (0.35 + edge + 0.2 * Math.sin(x / 9 + phase) * Math.cos(y / 13)));
    });
  };
  const planes = colour === "grey" ? [plane(0)] : [0, 1, 2].map(plane);
  return { width, height, colour, bitDepth, planes, ...more };
}

/** A picture as the bytes of a PNG file. */
export async function png(shown: Picture): Promise<Uint8Array> {
  return (await pictureBytes(shown, { format: "png" })).bytes;
}
