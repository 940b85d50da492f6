import type { Picture } from "@nacre/signal";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { digestOf, exifOf, noisePicture, xmpOf } from "../../test/pictures.js";
import { type PictureSettings, pictureBytes, readPicture, type WritableFormat } from "./index.js";

async function roundTrip(picture: Picture, format: WritableFormat, settings: PictureSettings = {}) {
  return readPicture((await pictureBytes(picture, { format, ...settings })).bytes);
}

describe("what belongs to a picture comes back byte for byte", () => {
  const formats = ["png", "jpeg", "webp", "avif", "tiff"] as const;
  const belongings = async () => {
    const wide = await sharp(Buffer.alloc(12, 7), { raw: { width: 2, height: 2, channels: 3 } })
      .withIccProfile("p3")
      .png()
      .toBuffer();
    const iccProfile = new Uint8Array((await sharp(wide).metadata()).icc!);
    return { iccProfile, exif: exifOf(1, false), xmp: xmpOf(1), density: 240 };
  };

  test.each(formats)("profile and XMP from %s", async (format) => {
    const given = await belongings();
    const read = await roundTrip({ ...noisePicture(), ...given }, format);
    expect([read.iccProfile, read.xmp]).toEqual([given.iccProfile, given.xmp]);
    if (["png", "jpeg", "tiff"].includes(format)) expect(read.density).toBe(240);
  });

  for (const format of ["png", "jpeg", "webp"] as const) {
    for (const alpha of [false, true]) {
      test(`EXIF from ${format}, alone and with the others, alpha: ${alpha}`, async () => {
        for (const others of [{}, await belongings()]) {
          const picture = { ...noisePicture({ alpha }), ...others, exif: exifOf(1) };
          const read = await roundTrip(picture, format, { background: [0, 0, 0] });
          expect(read.exif).toEqual(exifOf(1));
          expect(read.planes[0]!.length).toBe(picture.planes[0]!.length);
        }
      });
    }
  }

  test("lossless WebP with EXIF keeps its size and its samples", async () => {
    const picture = { ...noisePicture({ width: 259, height: 3 }), exif: exifOf(1) };
    expect(digestOf(await roundTrip(picture, "webp", { lossless: true }))).toBe(digestOf(picture));
  });

  test.each(["tiff", "avif"] as const)(
    "EXIF from %s has every tag, also the maker's note",
    async (format) => {
      for (const little of [true, false]) {
        const read = await roundTrip({ ...noisePicture(), exif: exifOf(1, little) }, format);
        const text = Buffer.from(read.exif!).toString("latin1");
        expect(text).toContain("Nacre Co.\0");
        expect(text).toContain("\x01maker note\xff\x00");
      }
    },
  );

  test("EXIF in TIFF keeps numbers across byte orders", async () => {
    const read = await roundTrip({ ...noisePicture(), exif: exifOf(1, false) }, "tiff");
    // Exposure 1/125 as the little-endian rational that the library's TIFF has.
    expect(Buffer.from(read.exif!).includes(Buffer.of(1, 0, 0, 0, 125, 0, 0, 0))).toBe(true);
    const once = await roundTrip(read, "tiff");
    expect(once.exif).toEqual(read.exif);
  });

  test.each(formats)("strip leaves all of it out of %s", async (format) => {
    const read = await roundTrip({ ...noisePicture(), ...(await belongings()) }, format, { strip: true });
    expect([read.iccProfile, read.exif, read.xmp]).toEqual([undefined, undefined, undefined]);
  });

  test("what is too long for a JPEG is left out with a warning", async () => {
    const picture = { ...noisePicture(), exif: new Uint8Array(70_000), xmp: new Uint8Array(65_600).fill(32) };
    const { bytes, warnings } = await pictureBytes(picture, { format: "jpeg" });
    expect(warnings.join()).toMatch(/EXIF of 70000 bytes is left out.*XMP of 65600 bytes/);
    expect((await readPicture(bytes)).exif).toBeUndefined();
  });

  test("a profile for other samples is left out, and that is said", async () => {
    const { iccProfile } = await belongings();
    const grey = { ...noisePicture({ colour: "grey" }), iccProfile };
    for (const [picture, format, warning] of [
      [grey, "png", /profile is left out: it is not one for the GRAY samples of a PNG/],
      [grey, "webp", /^$/],
      [{ ...noisePicture(), iccProfile: new Uint8Array(200) }, "tiff", /not one for the RGB samples/],
    ] as const) {
      const { bytes, warnings } = await pictureBytes(picture, { format });
      expect(warnings.join()).toMatch(warning);
      const kept = warnings.length === 0 ? iccProfile : undefined;
      expect((await readPicture(bytes)).iccProfile).toEqual(kept);
    }
  });
});
