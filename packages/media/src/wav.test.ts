import { mkdtemp, open, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemError } from "@nacre/errors";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { choppy, chunk, fixture, format, noise, piped, randomFrom, riff } from "../test/sounds.js";
import {
  type BitDepth,
  collect,
  openAudio,
  readAudio,
  streamOf,
  wavBytes,
  wavStream,
  writeAudio,
} from "./index.js";
import { wavHeader } from "./wav-bytes.js";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "nacre-media-"));
});
afterAll(() => rm(folder, { recursive: true }));

const depths: BitDepth[] = [16, 24, 32, "float32"];
async function bytesOf(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}
const pipe = (bytes: Uint8Array) => readAudio(piped(bytes));
const floats = (...values: number[]) => new Uint8Array(Float32Array.from(values).buffer);

describe("what is written is read back", () => {
  for (const bitDepth of depths) {
    test(`${bitDepth}: within half a step, from a path, from a pipe and in odd lengths`, async () => {
      const audio = noise(24_000, 3, 17_001);
      const path = join(folder, `trip-${bitDepth}.wav`);
      await writeAudio(path, audio, { bitDepth });
      const half = bitDepth === "float32" ? 0 : 0.5 / 2 ** (bitDepth - 1) + 2 ** -25;
      const read = await readAudio(path);
      expect(read.sampleRate).toBe(24_000);
      expect(read.channels.map((samples) => samples.length)).toEqual([17_001, 17_001, 17_001]);
      const worst = Math.max(
        ...read.channels.map((samples, channel) =>
          samples.reduce(
            (most, sample, at) => Math.max(most, Math.abs(sample - audio.channels[channel]![at]!)),
            0,
          ),
        ),
      );
      expect(worst).toBeLessThanOrEqual(half);
      expect(await pipe(await readFile(path))).toEqual(read);
    });

    test(`${bitDepth}: file, memory and pipe agree byte for byte`, async () => {
      const audio = noise(8000, 1, 20_001);
      const path = join(folder, `same-${bitDepth}.wav`);
      await writeAudio(path, audio, { bitDepth });
      const inMemory = Buffer.from(wavBytes(audio, { bitDepth }));
      expect((await readFile(path)).equals(inMemory)).toBe(true);
      expect((await bytesOf(wavStream(streamOf(audio), { bitDepth }))).equals(inMemory)).toBe(true);
    });

    test(`${bitDepth}: a stream of unknown length gives the same sound`, async () => {
      const audio = noise(8000, 2, 5003);
      const path = join(folder, `unknown-${bitDepth}.wav`);
      await writeAudio(path, choppy(audio, 3), { bitDepth });
      const whole = await pipe(wavBytes(audio, { bitDepth }));
      expect(await readAudio(path)).toEqual(whole);
      expect(await pipe(await bytesOf(wavStream(choppy(audio, 4), { bitDepth })))).toEqual(whole);
    });
  }

  test("all 65536 values of 16 bits come back as the same bytes", async () => {
    const sound = Int16Array.from({ length: 65_536 }, (_, at) => at - 32_768);
    const file = riff(format(1, 1, 16_000, 16), chunk("data", new Uint8Array(sound.buffer)));
    expect(
      Buffer.from(wavBytes(await pipe(file)))
        .subarray(44)
        .equals(Buffer.from(sound.buffer)),
    ).toBe(true);
  });

  test("24 bits come back as the same bytes, the lowest value too", async () => {
    const random = randomFrom(9);
    const sound = Buffer.alloc(3 * 20_000, 0).map(() => Math.floor(256 * random()));
    sound.set([0, 0, 0x80, 0xff, 0xff, 0x7f]);
    const audio = await pipe(riff(format(1, 2, 16_000, 24), chunk("data", sound)));
    expect(audio.channels[0]![0]).toBe(-1);
    expect(
      Buffer.from(wavBytes(audio, { bitDepth: 24 }))
        .subarray(44)
        .equals(sound),
    ).toBe(true);
  });

  test("integers clip beyond full scale and floats do not", async () => {
    const loud = { sampleRate: 8000, channels: [Float32Array.of(2, -2, 1, -1)] };
    expect([...(await pipe(wavBytes(loud))).channels[0]!]).toEqual([
      32_767 / 32_768,
      -1,
      32_767 / 32_768,
      -1,
    ]);
    expect(await pipe(wavBytes(loud, { bitDepth: "float32" }))).toEqual(loud);
  });

  test("a sound of no samples stays one", async () => {
    const empty = { sampleRate: 8000, channels: [new Float32Array(0)] };
    expect(await pipe(wavBytes(empty))).toEqual(empty);
    expect(await pipe(await bytesOf(wavStream(choppy(empty, 1))))).toEqual(empty);
  });
});

describe("beyond 4 GiB", () => {
  const head = { sampleRate: 48_000, channelCount: 2, bitDepth: 16 as const };

  test("the header becomes RF64 in the room that was left for it", () => {
    const frames = 2 ** 31 + 5;
    const long = wavHeader({ ...head, frames });
    expect(long.length).toBe(wavHeader({ ...head, spare: true }).length);
    expect(Buffer.from(long).toString("latin1", 0, 4)).toBe("RF64");
    expect(new DataView(long.buffer).getBigUint64(28, true)).toBe(BigInt(frames * 4));
  });

  test("the reader takes its length from ds64", async () => {
    const frames = 2 ** 31 + 5;
    const path = join(folder, "long.wav");
    const handle = await open(path, "w");
    const header = wavHeader({ ...head, frames });
    await handle.write(header);
    await handle.truncate(header.length + frames * 4);
    await handle.close();
    const opened = await openAudio(path);
    expect(opened.length).toBe(frames);
    for await (const block of opened.blocks) {
      expect(block[0]!.length).toBeLessThanOrEqual(16_384);
      break;
    }
    await rm(path);
  });
});

describe("other storages mean what their standards say", () => {
  const mono = async (tag: number, bits: number, sound: number[], align?: number) => [
    ...(await pipe(riff(format(tag, 1, 8000, bits, align), chunk("data", Uint8Array.from(sound)))))
      .channels[0]!,
  ];

  test("8 bits are centred at 128", async () => {
    expect(await mono(1, 8, [0, 128, 255])).toEqual([-1, 0, 127 / 128]);
  });
  test("12 bits stand at the top of 16", async () => {
    expect(await mono(1, 12, [0x00, 0x80, 0xf0, 0x7f])).toEqual([-1, 2047 / 2048]);
  });
  test("24 bits in four bytes without valid bits stand at the low end", async () => {
    expect(await mono(1, 24, [0xff, 0xff, 0x7f, 0, 0, 0, 0x80, 0], 4)).toEqual([8_388_607 / 8_388_608, -1]);
  });
  test("64-bit integers keep their top", async () => {
    expect(await mono(1, 64, [0, 0, 0, 0, 0, 0, 0, 0x80, 0, 0, 0, 0, 0, 0, 0, 0x40])).toEqual([-1, 0.5]);
  });
  test("64-bit floats are read", async () => {
    expect(await mono(3, 64, [...new Uint8Array(Float64Array.of(0.25, -0.5).buffer)])).toEqual([0.25, -0.5]);
  });
  test("G.711 ends and zeros are those of the standard", async () => {
    const scaled = (values: number[]) => values.map((value) => value * 32_768);
    expect(scaled(await mono(7, 8, [0x00, 0x80, 0xff, 0x7f]))).toEqual([-32_124, 32_124, 0, 0]);
    expect(scaled(await mono(6, 8, [0x2a, 0xaa, 0xd5, 0x55]))).toEqual([-32_256, 32_256, 8, -8]);
  });
});

describe("damaged and lying files", () => {
  const sound = new Uint8Array(Int16Array.of(1, 2, 3, 4).buffer);
  const plain = format(1, 1, 8000, 16);
  const data = chunk("data", sound);
  const read = async (bytes: Uint8Array) => {
    const opened = await openAudio(piped(bytes, 2, 9));
    return { ...(await collect(opened)), warnings: opened.warnings };
  };

  test("odd chunks before the sound are passed with and without their pad byte", async () => {
    const odd = Uint8Array.of(65, 66, 67);
    for (const pad of [true, false]) {
      const file = riff(
        chunk("LIST", odd, 3, pad),
        plain,
        chunk("bext", odd, 3, pad),
        data,
        chunk("id3 ", odd),
      );
      expect((await read(file)).channels[0]!.length).toBe(4);
    }
  });

  test("a size that is too large gives what is there and a warning", async () => {
    const { channels, warnings } = await read(riff(plain, chunk("data", sound.subarray(0, 7), 1000, false)));
    expect(channels[0]!.length).toBe(3);
    expect(warnings.join()).toMatch(/claims 1000 bytes.*holds 7|incomplete/);
  });

  test("a size of 0 left by a killed recorder is seen through", async () => {
    expect((await read(riff(plain, chunk("data", sound, 0)))).channels[0]!.length).toBe(4);
    expect(
      (await read(riff(plain, chunk("data", new Uint8Array(0)), chunk("LIST", sound)))).channels[0]!.length,
    ).toBe(0);
  });

  const refused: [string, Uint8Array][] = [
    ["nothing at all", new Uint8Array(0)],
    ["one byte", Uint8Array.of(82)],
    ["a text", Buffer.from("once upon a time there was a sound")],
    ["RIFF but not WAVE", Buffer.from("RIFF\0\0\0\0AVI LIST")],
    ["no chunks", riff()],
    ["no sound", riff(plain)],
    ["no format", riff(data)],
    ["a cut format", riff(chunk("fmt ", new Uint8Array(10)), data)],
    ["no channels", riff(format(1, 0, 8000, 16), data)],
    ["a thousand thousand channels", riff(format(1, 65_535, 8000, 16), data)],
    ["a rate of zero", riff(format(1, 1, 0, 16), data)],
    ["zero bits", riff(format(1, 1, 8000, 0), data)],
    ["72 bits", riff(format(1, 1, 8000, 72), data)],
    ["16-bit floats", riff(format(3, 1, 8000, 16), data)],
    ["MP3 inside", riff(format(85, 1, 8000, 0), data)],
    ["extensible without its extension", riff(format(0xfffe, 1, 8000, 16), data)],
    ["a chunk longer than the file", riff(plain, chunk("LIST", sound, 0xfffffff0), data)],
    ["a claim of sound and none", riff(plain, chunk("data", new Uint8Array(0), 100))],
    [
      "chunks without end",
      riff(...Array.from({ length: 10_001 }, () => chunk("JUNK", new Uint8Array(0))), plain, data),
    ],
  ];
  for (const [what, bytes] of refused) {
    test(`${what} is refused in one sentence`, async () => {
      await expect(read(bytes)).rejects.toMatchObject({ name: "NacreError", code: "media" });
      const path = join(folder, "refused.wav");
      await writeFile(path, bytes);
      await expect(readAudio(path)).rejects.toMatchObject({ name: "NacreError", code: "media" });
    });
  }

  test("a sample that is no number is named by its place", async () => {
    const file = (value: number) => riff(format(3, 2, 8000, 32), chunk("data", floats(0, 0, 0, value)));
    await expect(read(file(Number.NaN))).rejects.toThrow(/sample 1 of channel 2 .* NaN/);
    await expect(read(file(Number.NEGATIVE_INFINITY))).rejects.toMatchObject({ code: "media" });
    expect(() => wavBytes({ sampleRate: 8000, channels: [Float32Array.of(0, Number.NaN)] })).toThrow(
      /sample 1/,
    );
  });

  test("any one byte of a header changed or any cut gives a sound or a NacreError", async () => {
    const file = Buffer.from(
      riff(
        chunk("LIST", Uint8Array.of(1, 2, 3)),
        format(1, 2, 8000, 24),
        chunk("data", sound.subarray(0, 6)),
      ),
    );
    const variants = Array.from({ length: file.length }, (_, at) => file.subarray(0, at));
    for (let at = 0; at < file.length; at++)
      for (const value of [0, 1, 127, 255]) variants.push(Buffer.from(file).fill(value, at, at + 1));
    for (const bytes of variants) {
      await read(bytes).catch((error: unknown) =>
        expect(error).toMatchObject({ name: "NacreError", code: "media" }),
      );
    }
  });

  test("folders and missing files are io, in words", async () => {
    await expect(openAudio(folder)).rejects.toMatchObject({
      code: "io",
      message: expect.stringContaining("folder"),
    });
    await expect(openAudio(join(folder, "no"))).rejects.toMatchObject({
      code: "io",
      message: expect.stringContaining("exist"),
    });
  });

  test("a pipe of text is refused, and a failing pipe is io", async () => {
    const text = (async function* () {
      yield "RIFF" as unknown as Uint8Array;
    })();
    await expect(openAudio(text)).rejects.toMatchObject({ code: "media" });
    // biome-ignore lint/correctness/useYield: it fails before its first piece
    const failing = (async function* (): AsyncGenerator<Uint8Array> {
      throw Object.assign(new Error("gone"), { code: "ECONNRESET" });
    })();
    await expect(openAudio(failing)).rejects.toMatchObject({ code: "io" });
  });

  test("blocks of a file cannot be read twice by mistake", async () => {
    const opened = await openAudio(fixture("loop.wav"));
    await collect(opened);
    await expect(collect(opened)).rejects.toThrow(/read once/);
    await opened.close();
  });
});

describe("writing leaves either the whole file or nothing", () => {
  const audio = noise(8000, 1, 100);

  test("an existing file is kept without overwrite and replaced with it", async () => {
    const path = join(folder, "there.wav");
    await writeFile(path, "mine");
    await expect(writeAudio(path, audio)).rejects.toMatchObject({ code: "exists" });
    expect(await readFile(path, "utf8")).toBe("mine");
    await writeAudio(path, audio, { overwrite: true });
    expect((await stat(path)).size).toBe(244);
  });

  test("a name that is taken while writing is not overwritten", async () => {
    const path = join(folder, "race.wav");
    const slow = {
      ...streamOf(audio),
      blocks: (async function* () {
        await writeFile(path, "mine");
        yield audio.channels;
      })(),
    };
    await expect(writeAudio(path, slow)).rejects.toMatchObject({ code: "exists" });
    expect(await readFile(path, "utf8")).toBe("mine");
  });

  test("a source that fails leaves neither file nor temporary name, and its error comes through", async () => {
    const failing = {
      ...streamOf(audio),
      blocks: (async function* () {
        yield audio.channels;
        expect(
          (await readdir(folder)).filter((name) => name === `.fails.wav.${process.pid}.tmp`),
        ).toHaveLength(1);
        throw new RangeError("mine");
      })(),
    };
    await expect(writeAudio(join(folder, "fails.wav"), failing)).rejects.toThrow(RangeError);
    expect((await readdir(folder)).filter((name) => name.includes("fails"))).toEqual([]);
  });

  test("a link stays a link to the new sound", async () => {
    await writeFile(join(folder, "real.wav"), "old");
    await symlink("real.wav", join(folder, "link.wav"));
    await writeAudio(join(folder, "link.wav"), audio, { overwrite: true });
    expect((await stat(join(folder, "real.wav"))).size).toBe(244);
  });

  test("impossible places are io", async () => {
    await writeFile(join(folder, "file"), "");
    for (const path of [join(folder, "no", "a.wav"), join(folder, "file", "a.wav")]) {
      await expect(writeAudio(path, audio)).rejects.toMatchObject({ code: "io" });
    }
    await expect(writeAudio(folder, audio, { overwrite: true })).rejects.toMatchObject({ code: "io" });
    await expect(writeAudio("/dev/null", audio, { overwrite: true })).rejects.toMatchObject({ code: "io" });
  });

  test("a full disk is io and says so", () => {
    const full = Object.assign(new Error("write"), { code: "ENOSPC" });
    expect(systemError(full, "a.wav")).toMatchObject({
      code: "io",
      message: expect.stringContaining("disk is full"),
    });
  });
});
