import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { digestOf, exifOf, noisePicture, pngOf, xmpOf } from "../../test/pictures.js";
import { piped } from "../../test/sounds.js";
import { openPicture, pictureBytes, readPicture } from "./index.js";

const bytes16 = (...values: number[]) => values.flatMap((value) => [value >> 8, value & 255]);

describe("every colour type of PNG gives its samples", () => {
  test.each([
    [1, [0b1010_0000], [255, 0, 255]],
    [2, [0b0001_1000], [0, 85, 170]],
    [4, [0x0f, 0x70], [0, 255, 119]],
    [8, [0, 200, 255], [0, 200, 255]],
  ])("grey of %i bits, scaled to 8", async (bitDepth, row, expected) => {
    const opened = await openPicture(pngOf({ width: 3, height: 1, bitDepth, colour: "grey", rows: [row] }));
    expect(opened).toMatchObject({ colour: "grey", bitDepth: 8, sourceBitDepth: bitDepth, hasAlpha: false });
    expect((await opened.readTile(0, 0, 3, 1)).planes).toEqual([Uint8Array.from(expected)]);
    await opened.close();
  });

  test("grey of 16 bits", async () => {
    const rows = [bytes16(0, 1), bytes16(258, 65_535)];
    const picture = await readPicture(pngOf({ width: 2, height: 2, bitDepth: 16, colour: "grey", rows }));
    expect(picture).toEqual({
      ...{ width: 2, height: 2, colour: "grey", bitDepth: 16 },
      planes: [Uint16Array.of(0, 1, 258, 65_535)],
    });
  });

  test("grey and alpha of 8 and 16 bits, not multiplied", async () => {
    const small = await readPicture(
      pngOf({ width: 2, height: 1, bitDepth: 8, colour: "greyAlpha", rows: [[200, 10, 255, 0]] }),
    );
    expect([small.colour, small.planes, small.alpha]).toEqual([
      "grey",
      [Uint8Array.of(200, 255)],
      Uint8Array.of(10, 0),
    ]);
    const rows = [bytes16(60_000, 3, 40_000, 0)];
    const deep = await readPicture(pngOf({ width: 2, height: 1, bitDepth: 16, colour: "greyAlpha", rows }));
    expect([deep.planes, deep.alpha]).toEqual([[Uint16Array.of(60_000, 40_000)], Uint16Array.of(3, 0)]);
  });

  test("RGB with alpha of 16 bits", async () => {
    const rows = [bytes16(1, 2, 3, 4, 65_535, 256, 255, 0)];
    const { planes, alpha } = await readPicture(
      pngOf({ width: 2, height: 1, bitDepth: 16, colour: "rgbAlpha", rows }),
    );
    expect(planes).toEqual([Uint16Array.of(1, 65_535), Uint16Array.of(2, 256), Uint16Array.of(3, 255)]);
    expect(alpha).toEqual(Uint16Array.of(4, 0));
  });

  test("a palette becomes RGB, and its transparent entries alpha", async () => {
    const palette = Uint8Array.of(10, 20, 30, 40, 50, 60, 70, 80, 90);
    const head = { width: 3, height: 1, bitDepth: 2, colour: "palette" as const, rows: [[0b10_01_00_00]] };
    const opaque = await readPicture(pngOf({ ...head, chunks: [["PLTE", palette]] }));
    expect(opaque.planes).toEqual([
      Uint8Array.of(70, 40, 10),
      Uint8Array.of(80, 50, 20),
      Uint8Array.of(90, 60, 30),
    ]);
    expect(opaque.alpha).toBeUndefined();
    const clear = Uint8Array.of(0, 128);
    const chunks: [string, Uint8Array][] = [
      ["PLTE", palette],
      ["tRNS", clear],
    ];
    const { alpha } = await readPicture(pngOf({ ...head, chunks }));
    expect(alpha).toEqual(Uint8Array.of(255, 128, 0));
  });

  test("one clear colour becomes alpha", async () => {
    const chunks: [string, Uint8Array][] = [["tRNS", Uint8Array.from(bytes16(7))]];
    const rows = [[7, 8]];
    const picture = await readPicture(
      pngOf({ width: 2, height: 1, bitDepth: 8, colour: "grey", rows, chunks }),
    );
    expect([picture.planes, picture.alpha]).toEqual([[Uint8Array.of(7, 8)], Uint8Array.of(0, 255)]);
  });
});

describe("a picture", () => {
  const noise = noisePicture({ width: 300, height: 270, alpha: true, bitDepth: 16 });

  test("is the same in tiles, in strips and whole, from bytes and from a pipe", async () => {
    const { bytes } = await pictureBytes(noise, { format: "png" });
    const opened = await openPicture(piped(Buffer.from(bytes), 3, 1000));
    const whole = await opened.readTile(0, 0, 300, 270);
    await opened.close();
    await opened.close();
    expect(digestOf(whole)).toBe(digestOf(noise));
    expect(digestOf(await readPicture(bytes))).toBe(digestOf(noise));
  });

  test("may be asked for many tiles at once, and closed while they come", async () => {
    const opened = await openPicture((await pictureBytes(noise, { format: "png" })).bytes);
    const places = [0, 90, 180, 45, 135].map((y) => [0, y, 300, 90] as const);
    const tiles = Promise.all(places.map((place) => opened.readTile(...place)));
    await opened.close();
    for (const [at, tile] of (await tiles).entries()) {
      const start = places[at]![1] * 300;
      expect(tile.planes[2]!.every((sample, each) => sample === noise.planes[2]![start + each])).toBe(true);
    }
    await expect(opened.readTile(0, 200, 1, 1)).rejects.toThrow(/closed picture/);
  });

  test("gives no tile outside of itself", async () => {
    const opened = await openPicture((await pictureBytes(noise, { format: "png" })).bytes);
    for (const [x, y, width, height] of [
      [-1, 0, 2, 2],
      [0, 0, 301, 1],
      [0, 269, 1, 2],
      [0, 0, 0, 1],
      [0.5, 0, 1, 1],
    ] as const) {
      await expect(opened.readTile(x, y, width, height)).rejects.toThrow(/within/);
    }
    await opened.close();
  });

  test("of 12 bits in an AVIF is stretched over 16: full is full, and the file's bits are the upper ones", async () => {
    const level = (value: number) => ({
      ...noisePicture({ width: 16, height: 16, bitDepth: 16 }),
      planes: [0, 1, 2].map(() => new Uint16Array(256).fill(value)),
    });
    for (const value of [0, 65_535]) {
      const { bytes } = await pictureBytes(level(value), { format: "avif", quality: 100 });
      const opened = await openPicture(bytes);
      expect(opened).toMatchObject({ bitDepth: 16, sourceBitDepth: 12 });
      const { planes } = await opened.readTile(0, 0, 16, 16);
      expect(planes[1]!.every((sample) => sample === value)).toBe(true);
      await opened.close();
    }
  });

  test("whose colours a TIFF has multiplied by alpha gets them back", async () => {
    const picture = noisePicture({ width: 2, height: 1, alpha: true });
    picture.planes = [Uint8Array.of(100, 9), Uint8Array.of(0, 9), Uint8Array.of(128, 9)];
    picture.alpha = Uint8Array.of(128, 0);
    const { bytes } = await pictureBytes(picture, { format: "tiff" });
    // Tag 338, one short: 2 says straight, 1 says multiplied.
    const at = Buffer.from(bytes).indexOf(Uint8Array.of(0x52, 1, 3, 0, 1, 0, 0, 0, 2));
    expect(at).toBeGreaterThan(0);
    bytes[at + 8] = 1;
    const { planes, alpha } = await readPicture(bytes);
    expect(planes).toEqual([Uint8Array.of(199, 0), Uint8Array.of(0, 0), Uint8Array.of(255, 0)]);
    expect(alpha).toEqual(picture.alpha);
  });
});

describe("what belongs to a picture", () => {
  const grey = noisePicture({ colour: "grey", width: 20, height: 10 });
  const profile = async () => {
    const wide = await sharp((await pictureBytes(noisePicture(), { format: "png" })).bytes)
      .withIccProfile("p3")
      .png()
      .toBuffer();
    return { wide, icc: new Uint8Array((await sharp(wide).metadata()).icc!) };
  };

  test("the profile is kept byte for byte and the samples stay in it", async () => {
    const { wide, icc } = await profile();
    const picture = await readPicture(wide);
    expect(picture.iccProfile).toEqual(icc);
    // Had they been converted, a second reading without the profile would differ.
    const raw = await sharp(wide, { ignoreIcc: true }).raw().toBuffer();
    expect([...picture.planes[1]!]).toEqual([...raw].filter((_, at) => at % 3 === 1));
  });

  test("grey stays grey in JPEG, PNG and TIFF", async () => {
    for (const format of ["jpeg", "png", "tiff"] as const) {
      const picture = await readPicture((await pictureBytes(grey, { format })).bytes);
      expect([format, picture.colour, picture.planes.length]).toEqual([format, "grey", 1]);
    }
  });

  test("CMYK is converted to sRGB, without its profile, and that is said", async () => {
    const bytes = await sharp((await pictureBytes(noisePicture(), { format: "png" })).bytes)
      .toColourspace("cmyk")
      .jpeg()
      .toBuffer();
    expect((await sharp(bytes).metadata()).space).toBe("cmyk");
    const opened = await openPicture(bytes);
    expect(opened).toMatchObject({ colour: "rgb", bitDepth: 8, hasAlpha: false });
    expect(opened.iccProfile).toBeUndefined();
    expect(opened.warnings.join()).toMatch(/CMYK is converted to sRGB/);
    await opened.close();
  });

  test("EXIF and XMP lose their orientation and nothing else, and density is kept", async () => {
    const picture = { ...noisePicture(), exif: exifOf(6), xmp: xmpOf(6), density: 144 };
    const read = await readPicture((await pictureBytes(picture, { format: "jpeg" })).bytes);
    expect(read).toMatchObject({ width: picture.height, height: picture.width, density: 144 });
    expect([read.exif, read.xmp]).toEqual([exifOf(1), xmpOf(1)]);
  });

  test("a density that nobody gave is not made up", async () => {
    for (const format of ["png", "jpeg", "webp", "avif"] as const) {
      const read = await readPicture((await pictureBytes({ ...grey, exif: exifOf(1) }, { format })).bytes);
      if (format !== "avif") expect([format, read.density]).toEqual([format, undefined]);
    }
  });

  test("colour tags that are no profile are named when they get lost", async () => {
    const chunked = async (name: string, data: Uint8Array) => {
      const chunks: [string, Uint8Array][] = [[name, data]];
      const rows = [[1]];
      const opened = await openPicture(
        pngOf({ width: 1, height: 1, bitDepth: 8, colour: "grey", rows, chunks }),
      );
      await opened.close();
      return opened.warnings.join();
    };
    expect(await chunked("gAMA", Uint8Array.of(0, 1, 0x86, 0xa0))).toMatch(/gamma of 1 is not kept/);
    expect(await chunked("gAMA", Uint8Array.of(0, 0, 0xb1, 0x8f))).toBe("");
    expect(await chunked("cICP", Uint8Array.of(9, 16, 0, 1))).toMatch(/primaries 9, transfer 16/);
    expect(await chunked("cICP", Uint8Array.of(1, 13, 0, 1))).toBe("");
  });
});

test("a JPEG that breaks a rule without harm is read, with a warning", async () => {
  const { bytes } = await pictureBytes(noisePicture({ colour: "grey" }), { format: "jpeg" });
  const scan = Buffer.from(bytes).indexOf(Uint8Array.of(0xff, 0xda));
  // Baseline has to say coefficients 0 to 63; cameras have said other things.
  expect([...bytes.subarray(scan + 7, scan + 10)]).toEqual([0, 63, 0]);
  bytes[scan + 8] = 0;
  const opened = await openPicture(bytes);
  expect(opened.warnings.join()).toMatch(/breaks rules/);
  await opened.close();
});

test("a PNG of one animation frame is a picture", async () => {
  const control = Buffer.alloc(8);
  control.writeUInt32BE(1);
  const rows = [[5]];
  const chunks: [string, Uint8Array][] = [["acTL", control]];
  const bytes = pngOf({ width: 1, height: 1, bitDepth: 8, colour: "grey", rows, chunks });
  expect((await readPicture(bytes)).planes).toEqual([Uint8Array.of(5)]);
});
