import { spawn } from "node:child_process";
import { createWriteStream, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { wavStream } from "@nacre/media";
import { afterAll, beforeAll, expect, test } from "vitest";

// An hour of stereo at 44.1 kHz is 635 MB of WAV; the program may hold a small part of it at any time.

const root = resolve(import.meta.dirname, "../../..");
const program = join(root, "apps", "audio", "bin", "nacre-audio.js");
const home = mkdtempSync(join(tmpdir(), "nacre-hour-"));
const rate = 44_100;
const length = 3600 * rate;
const limit = 2 ** 30;

beforeAll(async () => {
  const blocks = (async function* () {
    for (let second = 0; second < 3600; second++) {
      yield [220, 330].map((hertz) =>
        Float32Array.from(
          { length: rate },
          (_, n) => 0.3 * Math.sin((hertz + second / 10) * (n / rate) * 6.28),
        ),
      );
    }
  })();
  const bytes = wavStream({ sampleRate: rate, channelCount: 2, length, blocks }, { bitDepth: 16 });
  await pipeline(Readable.from(bytes), createWriteStream(join(home, "hour.wav")));
}, 600_000);

afterAll(() => rmSync(home, { recursive: true, force: true }));

test.skipIf(process.platform !== "linux")(
  "an hour of stereo is encoded and decoded to its last sample in less than 1 GiB",
  async () => {
    const encoded = await peakOf(["encode", "hour.wav", "-o", "hour.nacre"]);
    const decoded = await peakOf(["decode", "hour.nacre", "-o", "back.wav"]);
    console.log(`peaks: ${encoded >> 20} MiB encoding, ${decoded >> 20} MiB decoding`);
    expect(encoded).toBeLessThan(limit);
    expect(decoded).toBeLessThan(limit);
    expect(statSync(join(home, "back.wav")).size).toBe(statSync(join(home, "hour.wav")).size);
  },
  1_800_000,
);

/** Runs the program; the most memory it held, bytes. */
function peakOf(arguments_: string[]): Promise<number> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [program, ...arguments_], { cwd: home, stdio: "inherit" });
    let peak = 0;
    const watch = setInterval(() => {
      peak = Math.max(peak, highWater(child.pid!));
    }, 100);
    child.once("exit", (code) => {
      clearInterval(watch);
      if (code === 0) done(peak);
      else fail(new Error(`${arguments_[0]} ended with ${code}`));
    });
  });
}

function highWater(pid: number): number {
  try {
    return 1024 * Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
