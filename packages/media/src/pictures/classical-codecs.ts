import type { Picture } from "@nacre/signal";
import type { Sharp } from "sharp";
import { interleave } from "./planes.js";
import { loadSharp, writingError } from "./sharp-library.js";

/**
 * A codec that everybody has, set for few bytes and not for keeping all: what a picture codec is held against.
 *
 * label   what tables call it
 * chroma  the sampling of colours, which decides much
 * encode  8-bit RGB without alpha to a file without profile and metadata; quality is 1 .. 100. throws NacreError
 *         "media" for a picture too large for the format
 * settings  qualities at which it is compared unless others are asked for, rising
 * version   of the library behind it
 */
export type ClassicalCodec = {
  name: "jpeg" | "webp" | "avif";
  label: string;
  chroma: "4:2:0" | "4:4:4";
  settings: readonly number[];
  encode(picture: Picture, quality: number): Promise<Uint8Array>;
  version(): Promise<string>;
};

/** JPEG as mozjpeg makes it, WebP, and AVIF tuned for PSNR. */
export const classicalCodecs: readonly ClassicalCodec[] = [
  throughSharp("jpeg", "JPEG (mozjpeg)", "4:2:0", [5, 10, 20, 30, 40, 55, 70, 85], (image, quality) =>
    image.jpeg({ quality, mozjpeg: true, chromaSubsampling: "4:2:0" }),
  ),
  throughSharp("webp", "WebP", "4:2:0", [1, 10, 20, 35, 50, 70, 85], (image, quality) =>
    image.webp({ quality, effort: 6 }),
  ),
  throughSharp("avif", "AVIF", "4:4:4", [5, 15, 25, 35, 48, 65], (image, quality) =>
    image.avif({ quality, effort: 4, chromaSubsampling: "4:4:4", tune: "psnr" }),
  ),
];

function throughSharp(
  name: ClassicalCodec["name"],
  label: string,
  chroma: ClassicalCodec["chroma"],
  settings: readonly number[],
  write: (image: Sharp, quality: number) => Sharp,
): ClassicalCodec {
  return {
    ...{ name, label, chroma, settings },
    async version() {
      const { versions } = await loadSharp();
      const library = { jpeg: "mozjpeg", webp: "webp", avif: "aom" } as const;
      return `${library[name]} ${versions[library[name]] ?? "unknown"} in sharp ${versions.sharp}`;
    },
    async encode({ width, height, planes }, quality) {
      const samples = new Uint8Array(3 * width * height);
      interleave(planes, width, samples, width, 0);
      const sharp = await loadSharp();
      const image = sharp(samples, { raw: { width, height, channels: 3 }, limitInputPixels: false });
      return write(image, quality)
        .toBuffer()
        .catch((cause: unknown) => {
          throw writingError(cause, "the picture", name);
        });
    },
  };
}
