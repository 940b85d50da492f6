import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isNacreError } from "@nacre/errors";
import { describe, expect, test, vi } from "vitest";
import { fixture, piped, signalToNoise } from "../test/sounds.js";
import { collect, openAudio, readAudio } from "./index.js";

const bytes = (name: string) => readFile(fixture(name));
const loop = await readAudio(fixture("loop.wav"));

describe("compressed sound", () => {
  for (const name of ["loop.flac", "loop-flac.ogg"]) {
    test(`${name} gives the samples of the WAV file, from path and pipe`, async () => {
      expect(await readAudio(fixture(name))).toEqual(loop);
      expect(await readAudio(piped(await bytes(name)))).toEqual(loop);
    });
  }

  test("the last frame of a FLAC file is there, and 24 bits are exact", async () => {
    const opened = await openAudio(fixture("loop-96k-24.flac"));
    const { channels } = await collect(opened);
    expect(channels[0]!.length).toBe(33_600);
    expect(opened).toMatchObject({ container: "flac", bitDepth: 24, sampleRate: 96_000, warnings: [] });
    expect(channels[1]!.every((sample) => Number.isInteger(sample * 2 ** 23))).toBe(true);
  });

  test("Vorbis has the exact length and sounds like the WAV file", async () => {
    const { channels } = await readAudio(fixture("loop-vorbis.ogg"));
    expect(channels.map((samples) => samples.length)).toEqual(loop.channels.map((samples) => samples.length));
    expect(signalToNoise(loop.channels[0]!, channels[0]!)).toBeGreaterThan(10);
  });

  test("a FLAC file that is cut gives what is there and a warning", async () => {
    const whole = await bytes("loop.flac");
    const opened = await openAudio(piped(whole.subarray(0, whole.length / 2)));
    const { channels } = await collect(opened);
    const length = channels[0]!.length;
    expect(length).toBeGreaterThan(0);
    expect(channels[0]).toEqual(loop.channels[0]!.subarray(0, length));
    expect(opened.warnings.join()).toContain(`holds ${length}`);
  });

  test("an Ogg file that is cut gives what is there and a warning", async () => {
    const whole = await bytes("loop-flac.ogg");
    const opened = await openAudio(piped(whole.subarray(0, whole.length - 20)));
    const { channels } = await collect(opened);
    expect(channels[0]).toEqual(loop.channels[0]!.subarray(0, channels[0]!.length));
    expect(channels[0]!.length).toBeGreaterThan(0);
    expect(opened.warnings.join()).toContain("cut");
    await expect(readAudio(piped(whole.subarray(0, 300)))).rejects.toMatchObject({ code: "media" });
  });

  test("one damaged byte in an Ogg file is refused and never heard", async () => {
    for (const name of ["loop-flac.ogg", "loop-vorbis.ogg"]) {
      const whole = await bytes(name);
      for (let round = 0; round < 8; round++) {
        const broken = Buffer.from(whole);
        broken[Math.floor((whole.length * (round + 0.5)) / 8)]! ^= 1;
        await expect(readAudio(piped(broken))).rejects.toMatchObject({ code: "media" });
      }
    }
  });

  test("a second sound chained behind the first is named and left out", async () => {
    const first = await bytes("loop-flac.ogg");
    const opened = await openAudio(piped(Buffer.concat([first, await bytes("loop-vorbis.ogg")])));
    const { channels } = await collect(opened);
    expect(channels).toEqual(loop.channels);
    expect(opened.warnings.join()).toContain("more than one");
  });

  test("what cannot be read is named", async () => {
    await expect(readAudio(fixture("loop-opus.ogg"))).rejects.toThrow(/Opus/);
    await expect(readAudio(piped(Buffer.from("ID3\x04abcdefghijkl")))).rejects.toThrow(/MP3/);
    await expect(openAudio(fixture("loop.flac"), { format: "wav" })).rejects.toMatchObject({ code: "media" });
  });

  for (const name of ["loop.flac", "loop-flac.ogg", "loop-vorbis.ogg"]) {
    test(`${name} with damage gives a sound or a NacreError, and prints nothing`, async () => {
      const print = vi.spyOn(console, "error");
      const whole = await bytes(name);
      for (let round = 0; round < 12; round++) {
        const broken = Buffer.from(whole);
        const at = Math.floor((whole.length * round) / 12);
        broken.fill(0xa5, at, at + 9);
        await readAudio(piped(broken, round, 20_000)).catch((error: unknown) => {
          if (!isNacreError(error)) throw error;
        });
      }
      expect(print).not.toHaveBeenCalled();
      print.mockRestore();
    });
  }
});

const shared = process.env.NACRE_SHARED ?? join(import.meta.dirname, "../../../../shared");
const odd: Record<string, string> = JSON.parse(await readFile(fixture("odd.json"), "utf8"));

describe.skipIf(!existsSync(join(shared, "media/speech/odd")))(
  "odd files (skipped where the shared media are absent)",
  () => {
    async function outcome(path: string): Promise<string> {
      try {
        const { sampleRate, channels } = await readAudio(path);
        const hash = createHash("sha256");
        for (const samples of channels) hash.update(samples);
        return `${sampleRate} Hz, ${channels.length} x ${channels[0]!.length}, ${hash.digest("hex").slice(0, 16)}`;
      } catch (error) {
        if (isNacreError(error)) return error.code;
        throw error;
      }
    }

    for (const [name, expected] of Object.entries(odd)) {
      test(name, async () => {
        expect(await outcome(join(shared, "media", name))).toBe(expected);
      });
    }

    test("either byte order gives the same sound", async () => {
      const read = (name: string) => readAudio(join(shared, "media/speech/odd", name));
      expect(await read("scipy_8000Hz-be-3ch-5S-24bit.wav")).toEqual(
        await read("scipy_8000Hz-le-3ch-5S-24bit.wav"),
      );
      expect(await read("scipy_44100Hz-be-1ch-4bytes.wav")).toEqual(
        await read("scipy_44100Hz-le-1ch-4bytes.wav"),
      );
      const big = await read("scipy_44100Hz-2ch-32bit-float-be.wav");
      const little = await read("scipy_44100Hz-2ch-32bit-float-le.wav");
      // The two files were made apart and differ in the last bit of a float.
      for (const [at, sample] of big.channels[1]!.entries()) {
        expect(sample).toBeCloseTo(little.channels[1]![at]!, 6);
      }
    });
  },
);
