import { access, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Picture, PictureTile } from "@nacre/signal";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { digestOf, type NoiseOptions, noisePicture } from "../../test/pictures.js";
import {
  openPicture,
  type PictureSettings,
  pictureBytes,
  pictureFormatOf,
  pictureStreamOf,
  readPicture,
  type WritableFormat,
  writePicture,
} from "./index.js";

const kinds: NoiseOptions[] = (["rgb", "grey"] as const).flatMap((colour) =>
  ([8, 16] as const).flatMap((bitDepth) => [false, true].map((alpha) => ({ colour, bitDepth, alpha }))),
);

async function roundTrip(picture: Picture, format: WritableFormat, settings: PictureSettings = {}) {
  return readPicture((await pictureBytes(picture, { format, ...settings })).bytes);
}

describe("every sample comes back", () => {
  for (const format of ["png", "tiff"] as const) {
    test.each(kinds)(`from ${format}: %o`, async (kind) => {
      const picture = noisePicture({ ...kind, width: 37, height: 300 });
      expect(digestOf(await roundTrip(picture, format))).toBe(digestOf(picture));
    });
  }

  for (const format of ["webp", "avif"] as const) {
    test.each([false, true])(`from lossless ${format}, alpha: %s`, async (alpha) => {
      const picture = noisePicture({ alpha });
      expect(digestOf(await roundTrip(picture, format, { lossless: true }))).toBe(digestOf(picture));
    });
  }

  test("from one pixel", async () => {
    for (const format of ["png", "tiff"] as const) {
      const picture = noisePicture({ width: 1, height: 1, bitDepth: 16, alpha: true });
      expect(digestOf(await roundTrip(picture, format))).toBe(digestOf(picture));
    }
  });

  test("and the library agrees about which sample is where", async () => {
    const picture = noisePicture({ bitDepth: 16 });
    const { bytes } = await pictureBytes(picture, { format: "png" });
    const raw = await sharp(bytes).toColourspace("rgb16").raw({ depth: "ushort" }).toBuffer();
    const samples = new Uint16Array(raw.buffer, raw.byteOffset, raw.length / 2);
    expect([...picture.planes[1]!]).toEqual([...samples].filter((_, at) => at % 3 === 1));
  });
});

describe("a format with fewer bits", () => {
  test("gets 16 bits rounded to the nearest of 8, and that is said", async () => {
    const picture = noisePicture({ bitDepth: 16, width: 16, height: 16 });
    const { bytes, warnings } = await pictureBytes(picture, { format: "webp", quality: 100 });
    expect(warnings).toEqual(["a WebP has 8 bits; the 16 of the picture are rounded"]);
    const flat: Picture = {
      ...picture,
      planes: [128, 129, 257 * 7].map((level) => new Uint16Array(256).fill(level)),
    };
    const { bytes: exact } = await pictureBytes(flat, { format: "jpeg", quality: 100 });
    const levels = (await readPicture(exact)).planes.map((plane) => plane[0]);
    expect(levels.map((level, at) => Math.abs(level! - [0, 1, 7][at]!)).every((error) => error <= 1)).toBe(
      true,
    );
    expect((await readPicture(bytes)).bitDepth).toBe(8);
  });
});

describe("JPEG", () => {
  const picture = noisePicture({ width: 16, height: 16, alpha: true });
  picture.planes = picture.planes.map((plane) => plane.fill(200));
  picture.alpha!.fill(0);
  picture.alpha!.fill(255, 128);

  test("refuses alpha unless a background is given", async () => {
    await expect(pictureBytes(picture, { format: "jpeg" })).rejects.toMatchObject({
      code: "option",
      message:
        "the picture has alpha, which a JPEG has not, expected a background to lay it over; " +
        "give a background, or write it as PNG, WebP, AVIF or TIFF",
    });
  });

  test("shows the background where alpha is clear and the picture where it is full", async () => {
    const read = await roundTrip(picture, "jpeg", { background: [10, 90, 250], quality: 100 });
    const near = (level: number) => (value: number | undefined) => Math.abs(value! - level) <= 2;
    expect([10, 90, 250].every((level, at) => near(level)(read.planes[at]![0]))).toBe(true);
    expect(read.planes.every((plane) => near(200)(plane[255]))).toBe(true);
    expect(read.alpha).toBeUndefined();
    const deep = noisePicture({ colour: "grey", bitDepth: 16, alpha: true, width: 16, height: 16 });
    deep.alpha!.fill(0);
    const grey = await roundTrip(deep, "jpeg", { background: [255, 255, 255] });
    expect([grey.colour, grey.planes[0]!.every(near(255))]).toEqual(["grey", true]);
  });

  test("leaves the picture in memory as it was", () => {
    expect([...picture.planes[0]!].every((sample) => sample === 200)).toBe(true);
  });
});

describe("tiles in order", () => {
  const whole = noisePicture({ width: 130, height: 70, alpha: true });

  async function* cut(across: number, along: number): AsyncGenerator<PictureTile> {
    const opened = await openPicture((await pictureBytes(whole, { format: "png" })).bytes);
    for (let y = 0; y < 70; y += along)
      for (let x = 0; x < 130; x += across)
        yield opened.readTile(x, y, Math.min(across, 130 - x), Math.min(along, 70 - y));
    await opened.close();
  }

  test.each([
    [64, 64],
    [130, 1],
    [1, 70],
    [33, 20],
  ])("of %i x %i make the same file as the whole picture", async (across, along) => {
    const { width, height, colour, bitDepth } = whole;
    const stream = { width, height, colour, bitDepth, hasAlpha: true, tiles: cut(across, along) };
    const { bytes } = await pictureBytes(stream, { format: "png" });
    expect(Buffer.from(bytes).equals((await pictureBytes(whole, { format: "png" })).bytes)).toBe(true);
  });

  test("that leave a gap break a promise, and a plane of the wrong size is NacreError shape", async () => {
    const { alpha, ...opaque } = whole;
    const half = { ...pictureStreamOf(whole), tiles: cut(64, 64), height: 64 + 70 };
    await expect(pictureBytes(half, { format: "png" })).rejects.toThrow(/left to right and top to bottom/);
    for (const wrong of [
      { ...opaque, planes: whole.planes.slice(1) },
      { ...opaque, width: 129 },
      { ...opaque, width: 0, planes: [0, 1, 2].map(() => new Uint8Array(0)) },
      { ...opaque, bitDepth: 16 as const },
      { ...opaque, alpha: alpha!.subarray(1) },
    ]) {
      await expect(pictureBytes(wrong, { format: "png" })).rejects.toMatchObject({ code: "shape" });
    }
  });
});

describe("settings that cannot be are NacreError option", () => {
  const deep = noisePicture({ bitDepth: 16 });
  test.each([
    ["png", { quality: 80 }, /quality is 80 for a PNG, expected none: it is lossless/],
    ["tiff", { quality: 80 }, /leave quality out/],
    ["jpeg", { quality: 0 }, /quality is 0, expected a whole number from 1 to 100/],
    ["webp", { quality: 101 }, /quality is 101/],
    ["avif", { quality: 50.5 }, /quality is 50.5/],
    ["jpeg", { lossless: true }, /lossless is asked of a JPEG, expected PNG, TIFF, WebP or AVIF/],
    ["webp", { lossless: true, quality: 3 }, /one of the two/],
    ["avif", { lossless: true }, /for 16 bits, expected PNG or TIFF/],
    ["jpeg", { background: [0, 256, 0] as const }, /background is 0, 256, 0/],
  ] as const)("%s with %o", async (format, settings, sentence) => {
    const failure = expect(pictureBytes(deep, { format, ...settings })).rejects;
    await failure.toMatchObject({ code: "option" });
    await failure.toThrow(sentence);
  });

  test("and a picture too wide for its format is media", async () => {
    const wide = noisePicture({ width: 16_384, height: 1, colour: "grey" });
    await expect(pictureBytes(wide, { format: "webp" })).rejects.toMatchObject({
      code: "media",
      message: expect.stringMatching(/16384 x 1 pixels, expected at most 16383 on a side for a WebP/),
    });
  });

  test("an ending names the format", () => {
    expect(["a.PNG", "b.jpeg", "c.jpg", "d.webp", "e.avif", "f.tif"].map(pictureFormatOf)).toEqual([
      "png",
      "jpeg",
      "jpeg",
      "webp",
      "avif",
      "tiff",
    ]);
    expect(() => pictureFormatOf("a.gif")).toThrow(/ends in "\.gif", expected one of \.png/);
    expect(() => pictureFormatOf("photo")).toThrow(/ends in nothing/);
  });
});

describe("a file", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "nacre-test-"));
  });
  afterAll(() => rm(folder, { recursive: true }));
  const picture = noisePicture();

  test("is written under its name, and nothing else is left", async () => {
    const path = join(folder, "a[1] ä.png");
    expect(await writePicture(path, picture)).toEqual({ format: "png", warnings: [] });
    expect(digestOf(await readPicture(path))).toBe(digestOf(picture));
    expect(await readdir(folder)).toEqual(["a[1] ä.png"]);
    await rm(path);
  });

  test("that is there is not overwritten unless asked", async () => {
    const path = join(folder, "there.tif");
    await writeFile(path, "mine");
    await expect(writePicture(path, picture)).rejects.toMatchObject({ code: "exists" });
    expect(await readFile(path, "utf8")).toBe("mine");
    await writePicture(path, picture, { overwrite: true });
    expect(digestOf(await readPicture(path))).toBe(digestOf(picture));
    await rm(path);
  });

  test("may have another format than its name", async () => {
    const path = join(folder, "odd.png");
    await writePicture(path, picture, { format: "webp", lossless: true });
    const opened = await openPicture(path);
    await opened.close();
    expect(opened.format).toBe("webp");
    await rm(path);
  });

  test("whose source fails half way is not there", async () => {
    const tiles = (async function* (): AsyncGenerator<PictureTile> {
      yield { width: 37, height: 1, planes: picture.planes.map((plane) => plane.subarray(0, 37)) };
      throw new Error("torn");
    })();
    const path = join(folder, "torn.png");
    await expect(writePicture(path, { ...pictureStreamOf(picture), tiles })).rejects.toThrow("torn");
    expect(await readdir(folder)).toEqual([]);
  });

  test("in a folder that is not there is io, before a tile is asked for", async () => {
    let asked = false;
    const tiles = (async function* (): AsyncGenerator<PictureTile> {
      asked = true;
      yield noisePicture();
    })();
    const path = join(folder, "no", "a.png");
    await expect(writePicture(path, { ...pictureStreamOf(picture), tiles })).rejects.toMatchObject({
      code: "io",
    });
    expect(asked).toBe(false);
    await expect(access(path)).rejects.toThrow();
  });

  test("leaves nothing in the temporary folder, whoever fails", async () => {
    const temporary = join(folder, "temporary");
    await mkdir(temporary);
    for (const name of ["TMPDIR", "TEMP", "TMP"]) vi.stubEnv(name, temporary);
    const { bytes } = await pictureBytes(picture, { format: "png" });
    const opened = await openPicture(bytes);
    expect(await readdir(temporary)).toEqual([]);
    await opened.close();
    await expect(readPicture(bytes.subarray(0, bytes.length - 500))).rejects.toThrow(/cut short/);
    await expect(pictureBytes({ ...picture, width: 38 }, { format: "png" })).rejects.toThrow();
    expect(await readdir(temporary)).toEqual([]);
    await rm(temporary, { recursive: true });
    await expect(readPicture(bytes)).rejects.toMatchObject({ code: "io" });
    vi.unstubAllEnvs();
  });
});
