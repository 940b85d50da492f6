import type { Picture } from "@nacre/signal";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { exifOf, noisePicture } from "../../test/pictures.js";
import { openPicture, pictureBytes, readPicture } from "./index.js";
import { type Orientation, orientationOf, storedPlace } from "./orientation.js";

/**
 * What EXIF says in words, as arithmetic of its own: for a pixel of the stored picture, its place in the
 * upright one. "Row 0 is at the top, column 0 on the right" is 2, and so on.
 */
const upright: Record<number, (x: number, y: number, w: number, h: number) => [number, number]> = {
  1: (x, y) => [x, y],
  2: (x, y, w) => [w - 1 - x, y],
  3: (x, y, w, h) => [w - 1 - x, h - 1 - y],
  4: (x, y, _, h) => [x, h - 1 - y],
  5: (x, y) => [y, x],
  6: (x, y, _, h) => [h - 1 - y, x],
  7: (x, y, w, h) => [h - 1 - y, w - 1 - x],
  8: (x, y, w) => [y, w - 1 - x],
};

function setUpright(stored: Picture, orientation: number): number[][] {
  const { width, height } = stored;
  const across = orientation >= 5 ? height : width;
  return stored.planes.map((plane) => {
    const turned = new Array<number>(plane.length);
    for (const [at, sample] of plane.entries()) {
      const [x, y] = upright[orientation]!(at % width, Math.floor(at / width), width, height);
      turned[y * across + x] = sample;
    }
    return turned;
  });
}

const stored = noisePicture({ width: 45, height: 31 });
const plain = await pictureBytes(stored, { format: "png" });

const lossless = { png: {}, tiff: { compression: "deflate" }, webp: { lossless: true } } as const;

describe.each([1, 2, 3, 4, 5, 6, 7, 8] as const)("orientation %i", (orientation) => {
  const expected = setUpright(stored, orientation);
  const turned = orientation >= 5;
  const size = { width: turned ? 31 : 45, height: turned ? 45 : 31 };

  test.each(["png", "tiff", "webp"] as const)("in a %s made by the library is applied", async (format) => {
    const bytes = await sharp(plain.bytes)
      .withMetadata({ orientation })
      .toFormat(format, lossless[format])
      .toBuffer();
    expect((await sharp(bytes).metadata()).orientation).toBe(orientation);
    const picture = await readPicture(bytes);
    expect(picture).toMatchObject(size);
    expect(picture.planes.map((plane) => [...plane])).toEqual(expected);
  });

  test("gives tiles that are cut from the upright picture", async () => {
    const bytes = await sharp(plain.bytes).withMetadata({ orientation }).png().toBuffer();
    const opened = await openPicture(bytes);
    for (const [x, y, width, height] of [
      [0, 0, 31, 31],
      [7, 5, 3, 11],
      [size.width - 1, size.height - 1, 1, 1],
    ] as const) {
      const tile = await opened.readTile(x, y, width, height);
      const cut = expected.map((plane) =>
        Array.from({ length: width * height }, (_, at) => {
          return plane[(y + Math.floor(at / width)) * size.width + x + (at % width)];
        }),
      );
      expect(tile.planes.map((plane) => [...plane])).toEqual(cut);
    }
    await opened.close();
  });

  test.each([true, false])("is the only thing that changes in EXIF (little endian: %s)", async (little) => {
    const written = await pictureBytes({ ...stored, exif: exifOf(orientation, little) }, { format: "png" });
    const picture = await readPicture(written.bytes);
    expect(picture.exif).toEqual(exifOf(1, little));
    expect(picture.planes.map((plane) => [...plane])).toEqual(expected);
  });
});

test("what is no orientation counts as upright", () => {
  expect([undefined, 0, 9, 1.5, Number.NaN].map(orientationOf)).toEqual([1, 1, 1, 1, 1]);
});

test("the rows that hold a rectangle are found without the picture", () => {
  const place = (orientation: Orientation) =>
    storedPlace({ x: 2, y: 3, width: 4, height: 5 }, orientation, 100, 50);
  expect(place(1)).toEqual({ first: 3, end: 8, origin: 2, right: 1, down: 100 });
  expect(place(3)).toEqual({ first: 42, end: 47, origin: 4 * 100 + 97, right: -1, down: -100 });
  expect(place(6)).toEqual({ first: 44, end: 48, origin: 3 * 100 + 3, right: -100, down: 1 });
});
