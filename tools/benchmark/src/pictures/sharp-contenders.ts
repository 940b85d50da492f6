import { type ClassicalCodec, classicalCodecs } from "@nacre/media/pictures";
import type { PicturePlanes } from "@nacre/metrics";
import sharp, { type Sharp } from "sharp";
import type { Contender } from "./contender.js";
import { imageOf, planesOf } from "./picture-files.js";

type Baseline = Omit<Contender, "encode" | "decode"> & { write(image: Sharp, setting: number): Sharp };

/** A contender that sharp writes and reads. It stores no metadata unless told, so rates are those of the codec. */
function throughSharp({ write, ...rest }: Baseline): Contender {
  return {
    ...rest,
    encode: (picture: PicturePlanes, setting) => write(imageOf(picture), setting).toBuffer(),
    decode: (bytes) => planesOf(sharp(bytes)),
  };
}

/** One of the codecs that the program for pictures compares itself with, by its settings. */
function classical(
  name: ClassicalCodec["name"],
  rest: Pick<Contender, "encoder"> & { label?: string },
): Contender {
  const { label, chroma, settings, encode } = classicalCodecs.find((each) => each.name === name)!;
  return {
    ...{ name, label, chroma, settings, ...rest },
    encode: ({ width, height, planes }, quality) => {
      const bytes = planes.map((plane) => Uint8Array.from(plane));
      return encode({ width, height, bitDepth: 8, colour: "rgb", planes: bytes }, quality);
    },
    decode: (bytes) => planesOf(sharp(bytes)),
  };
}

/** The codecs that everybody has. */
export const baselines: readonly Contender[] = [
  classical("jpeg", {
    encoder:
      "mozjpeg as sharp's mozjpeg option sets it: trellis quantization, optimized progressive scans, Huffman",
  }),
  classical("webp", {
    encoder: "libwebp, lossy, method 6, plain chroma halving",
  }),
  classical("avif", {
    label: "AVIF (tune=psnr)",
    encoder: "libaom through libheif, effort 4 of 9 (sharp's default), 8 bit, tuned for PSNR",
  }),
  throughSharp({
    name: "avif-iq",
    label: "AVIF (tune=iq)",
    chroma: "4:4:4",
    encoder:
      "libaom through libheif, effort 4 of 9, 8 bit, tuned for looks, which is what sharp does by default",
    settings: [15, 30, 40, 50, 62, 75],
    write: (image, quality) => image.avif({ quality, effort: 4, chromaSubsampling: "4:4:4", tune: "iq" }),
  }),
];

/** A codec that loses nothing, for the sanity row. */
export const png: Contender = throughSharp({
  name: "png",
  label: "PNG",
  chroma: "4:4:4",
  encoder: "libpng, level 9, adaptive filters",
  settings: [9],
  write: (image, compressionLevel) => image.png({ compressionLevel, adaptiveFiltering: true }),
});

/** Which libraries these are made of. */
export function sharpVersions(): Record<string, string> {
  const { sharp: own, vips, mozjpeg, webp, heif, aom, png: libpng } = sharp.versions;
  const named = { sharp: own, libvips: vips, mozjpeg, libwebp: webp, libheif: heif, libaom: aom, libpng };
  return Object.fromEntries(Object.entries(named).map(([name, version]) => [name, version ?? "unknown"]));
}
