import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { noisePicture, pngChunk, pngOf } from "../../test/pictures.js";
import { fixture, piped } from "../../test/sounds.js";
import { openPicture, pictureBytes, readPicture } from "./index.js";

const text = (words: string) => Buffer.from(words, "latin1");
const box = (brand: string, ...more: string[]) =>
  Buffer.concat([Uint8Array.of(0, 0, 0, 16 + 4 * more.length), text(`ftyp${brand}\0\0\0\0${more.join("")}`)]);

describe("what is no picture is refused by what it is", () => {
  test.each([
    ["nothing", Buffer.alloc(0), /is empty, expected a picture file/],
    [
      "an SVG",
      text('<?xml version="1.0"?>\n<svg xmlns="x"/>'),
      /SVG drawing, which has no pixels of its own/,
    ],
    ["a WAV", text("RIFF\0\0\0\0WAVEfmt "), /looks like a sound.*nacre-audio/],
    ["an MP3", text("ID3\x04abcdefghijkl"), /looks like MP3/],
    ["a film", box("isom", "avc1"), /looks like a film.*nacre-video/],
    ["a Matroska film", Uint8Array.of(0x1a, 0x45, 0xdf, 0xa3), /looks like a film/],
    ["HEIC", box("heic", "mif1"), /looks like HEIC/],
    ["JPEG XL", Uint8Array.of(0xff, 0x0a, 1), /looks like JPEG XL/],
    ["JPEG 2000", text("\0\0\0\x0cjP  \r\n"), /looks like JPEG 2000/],
    ["BMP", text("BM\0\0"), /looks like BMP/],
    ["PNM", text("P6\n1 1\n255\n"), /looks like PNM/],
    ["PDF", text("%PDF-1.7"), /looks like PDF/],
    ["Photoshop", text("8BPS"), /Photoshop/],
    ["a PNG sent as text", text("\x89PNG\n\x1a\n"), /signature that is damaged.*as bytes/],
    ["one byte", Uint8Array.of(0xff), /not a picture file of a known kind/],
    ["words", text("holiday"), /not a picture file of a known kind, expected PNG, JPEG/],
    ["an animated AVIF", box("avis", "avif"), /AVIF animation.*nacre-video/],
  ])("%s", async (_, bytes, sentence) => {
    const failure = expect(readPicture(bytes)).rejects;
    await failure.toMatchObject({ name: "NacreError", code: "media" });
    await failure.toThrow(sentence);
  });

  test("a sound of this room's own tests, by path", async () => {
    await expect(readPicture(fixture("loop.flac"))).rejects.toThrow(/loop\.flac looks like a sound/);
  });
});

describe("several pictures in a file", () => {
  const samples = Buffer.concat([Buffer.alloc(3 * 64, 90), Buffer.alloc(3 * 64, 10)]);
  const frames = () => sharp(samples, { raw: { width: 8, height: 16, channels: 3, pageHeight: 8 } });

  test.each(["gif", "webp"] as const)("an animated %s is sent to nacre-video", async (format) => {
    await expect(readPicture(await frames().toFormat(format).toBuffer())).rejects.toThrow(
      /animation of 2 frames, expected one picture; code it with nacre-video/,
    );
  });

  test("an animated PNG is sent to nacre-video", async () => {
    const control = Buffer.alloc(8);
    control.writeUInt32BE(3);
    const chunks: [string, Uint8Array][] = [["acTL", control]];
    const bytes = pngOf({ width: 1, height: 1, bitDepth: 8, colour: "grey", rows: [[5]], chunks });
    await expect(readPicture(bytes)).rejects.toThrow(/PNG animation, expected one picture/);
  });

  test("a TIFF says how many pages it has", async () => {
    await expect(readPicture(await frames().tiff().toBuffer())).rejects.toThrow(
      /a TIFF of 2 pages, expected one/,
    );
  });
});

describe("sizes", () => {
  const header = (width: number, height: number) => {
    const data = Buffer.alloc(13);
    data.writeUInt32BE(width, 0);
    data.writeUInt32BE(height, 4);
    data.set([16, 6], 8);
    const start = pngOf({ width: 1, height: 1, bitDepth: 8, colour: "grey", rows: [[1]] }).subarray(0, 8);
    return Buffer.concat([start, pngChunk("IHDR", data), pngChunk("IDAT", new Uint8Array(0))]);
  };

  test.each([
    [0, 5],
    [5, 0],
  ])("%i x %i pixels are none", async (width, height) => {
    await expect(readPicture(header(width, height))).rejects.toMatchObject({
      code: "media",
      message: `the picture is ${width} x ${height} pixels, expected at least one pixel; make the file again`,
    });
  });

  test("a bomb is refused by its head, before anything is decoded", async () => {
    await expect(readPicture(header(200_000, 200_000))).rejects.toMatchObject({
      code: "media",
      message: expect.stringMatching(
        /200000 x 200000 pixels, expected at most 40000000 in all; raise maxPixels/,
      ),
    });
    const gif = Buffer.concat([text("GIF89a"), Uint8Array.of(255, 255, 255, 255, 0, 0, 0)]);
    await expect(readPicture(gif)).rejects.toThrow(/65535 x 65535 pixels/);
  });

  test.each(["png", "jpeg", "webp", "avif", "tiff"] as const)(
    "%s obeys maxPixels to the pixel",
    async (format) => {
      const { bytes } = await pictureBytes(noisePicture({ width: 20, height: 30 }), { format });
      await expect(readPicture(bytes, { maxPixels: 599 })).rejects.toThrow(
        /20 x 30 pixels, expected at most 599/,
      );
      expect((await readPicture(bytes, { maxPixels: 600 })).height).toBe(30);
    },
  );

  test.each([0, -1, Number.NaN])("maxPixels of %d is NacreError option", async (maxPixels) => {
    await expect(readPicture(header(1, 1), { maxPixels })).rejects.toMatchObject({ code: "option" });
  });

  test("a pipe without end is refused by the limit of pixels", async () => {
    const endless = (async function* () {
      for (;;) yield new Uint8Array(1 << 24).fill(65);
    })();
    await expect(readPicture(endless, { maxPixels: 100 })).rejects.toThrow(/gives more than .* bytes/);
  });
});

describe("a damaged or cut picture", () => {
  const formats = ["png", "jpeg", "webp", "avif", "tiff"] as const;
  const whole = noisePicture({ width: 64, height: 64 });

  test.each(formats)("%s, cut anywhere, is refused or whole, in a sentence", async (format) => {
    const { bytes } = await pictureBytes(whole, { format });
    for (const share of [0.02, 0.3, 0.6, 0.9]) {
      const cut = bytes.subarray(0, Math.floor(bytes.length * share));
      await expect(readPicture(cut)).rejects.toMatchObject({
        code: "media",
        message: expect.stringMatching(/(cut short|damaged|not a picture file)[^\n]*$/),
      });
    }
  });

  test.each(["png", "jpeg", "webp"] as const)(
    "%s that ends early is said to be cut short",
    async (format) => {
      const { bytes } = await pictureBytes(whole, { format });
      await expect(readPicture(bytes.subarray(0, bytes.length - 400))).rejects.toThrow(
        /that is cut short, expected the whole file; copy or download it again$/,
      );
    },
  );

  test.each(formats)(
    "%s with damage gives a picture or a NacreError without the library's words",
    async (format) => {
      const { bytes } = await pictureBytes(whole, { format });
      for (let round = 0; round < 12; round++) {
        const broken = Buffer.from(bytes);
        const at = Math.floor((bytes.length * round) / 12);
        broken.fill(0xa5, at, at + 9);
        const message = await readPicture(broken).then(
          () => "",
          (error: Error & { code: string }) => {
            expect(error).toMatchObject({ name: "NacreError", code: "media" });
            return error.message;
          },
        );
        expect(message).not.toMatch(/vips|Input (buffer|file)|libpng|heif|\n/i);
      }
    },
  );
});

describe("the disk", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "nacre-test-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test("a folder and an absent file are io", async () => {
    await expect(openPicture(folder)).rejects.toMatchObject({
      code: "io",
      message: expect.stringMatching(/folder/),
    });
    const absent = join(folder, "absent.png");
    await expect(openPicture(absent)).rejects.toMatchObject({
      code: "io",
      message: expect.stringMatching(/absent\.png does not exist/),
    });
  });

  test("a file is known by its content, whatever its name has in it", async () => {
    const { bytes } = await pictureBytes(noisePicture(), { format: "png" });
    for (const name of ["photo.jpg", "a[1].png", "ä b%20#.tiff"]) {
      const path = join(folder, name);
      await writeFile(path, bytes);
      const opened = await openPicture(path);
      expect([name, opened.format]).toEqual([name, "png"]);
      await opened.close();
    }
  });

  test("a file that is replaced is read anew", async () => {
    const path = join(folder, "twice.png");
    for (const seed of [1, 2]) {
      const picture = noisePicture({ seed });
      await writeFile(path, (await pictureBytes(picture, { format: "png" })).bytes);
      expect((await readPicture(path)).planes).toEqual(picture.planes);
    }
  });

  test("a pipe that fails is io, and one that carries a sound is media", async () => {
    const failing = (async function* () {
      yield new Uint8Array(1);
      throw Object.assign(new Error("gone"), { code: "EIO" });
    })();
    await expect(readPicture(failing)).rejects.toMatchObject({ code: "io" });
    await expect(readPicture(piped(await readFile(fixture("loop.wav"))))).rejects.toThrow(
      /the input looks like a sound/,
    );
  });
});
